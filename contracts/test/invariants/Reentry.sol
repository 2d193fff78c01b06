// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorActions} from "./AnchorActions.sol";
import {DayActions} from "./DayActions.sol";
import {MoneyActions} from "./MoneyActions.sol";
import {NodeActions} from "./NodeActions.sol";
import {OrderActions} from "./OrderActions.sol";
import {OwnerActions} from "./OwnerActions.sol";
import {StakeActions} from "./StakeActions.sol";
import {TabActions} from "./TabActions.sol";
import {TokenActions} from "./TokenActions.sol";
import {VerifierActions} from "./VerifierActions.sol";
import {vm} from "./Vm.sol";

/// @notice Any action, of anybody's, in the middle of a call that hands over control.
/// @dev Where control leaves the contracts for code that is not theirs, and may write:
///   the reserve's `transferFrom` in `deposit` and `depositWithPermit`, its `permit` in the latter, its `transfer` in `withdraw` and
///   `withdrawFees`; and `onERC721Received` of whoever gets a token by either `safeTransferFrom`.
/// Nowhere else: `balanceOf`, `checkQuorum` and `owner` are static calls, a signature is recovered and no contract is asked for it
/// (no ERC-1271), `reserve` mints without asking the buyer, and core and Reservations trust each other's code.
/// The core's guard is shut in the first five (`guarded` in Actions.sol): those calls are refused from within each other. All that moves
/// credits alone is open there, and everything is open to who receives a token: books are written before control is handed over, which
/// `checkMidway` looks at from within.
abstract contract Reentry is
    MoneyActions,
    NodeActions,
    TabActions,
    OrderActions,
    OwnerActions,
    VerifierActions,
    AnchorActions,
    StakeActions,
    TokenActions,
    DayActions
{
    enum Way {
        Deposit,
        DepositWithPermit,
        Permit,
        Withdrawal,
        Fees,
        Received,
        ReceivedWithData
    }

    /// @dev Of calls armed, all of which were reached: `stopped` by the guard, gone `through`, or `changed`: what would have been done by itself
    /// is not any more, for what the outer call has done.
    struct Within {
        uint256 armed;
        uint256 stopped;
        uint256 through;
        uint256 changed;
    }

    /// @dev How an action ended that was tried out, and whether deposits are paused then.
    error Tried(bool success, bool paused);

    uint256 public constant WAYS = 7;
    uint256 private constant NONE = type(uint256).max;
    uint256 public constant ENTRIES = 40;
    mapping(uint256 way => Within) public byWay;
    mapping(bytes32 action => Within) public byAction;
    /// @dev Stopped or through at least once.
    mapping(uint256 way => mapping(uint256 entry => bool)) public seenWithin;
    uint256 private _entry;
    bool private _pauses;
    bytes private _pending;
    bytes private _fault;
    uint256 private _underway;
    /// @dev The books were in order before: what is not in the middle of a call is that call's fault.
    bool private _checked;

    function entries() private pure returns (bytes4[ENTRIES] memory) {
        return [
            this.deposit.selector, this.depositWithPermit.selector, this.withdraw.selector, this.withdrawFees.selector,
            this.multicall.selector, this.gift.selector, this.registerNode.selector, this.changeNode.selector,
            this.retireNode.selector, this.openTab.selector, this.topUp.selector, this.requestClose.selector,
            this.finishClose.selector, this.closeTab.selector, this.settle.selector, this.openTabWithOrder.selector,
            this.claimStandingOrder.selector, this.setFee.selector, this.setPaused.selector, this.transferOwnership.selector,
            this.acceptOwnership.selector, this.renounceOwnership.selector, this.addSet.selector, this.attest.selector,
            this.anchor.selector, this.stake.selector, this.requestUnstake.selector, this.finishUnstake.selector,
            this.setLockable.selector, this.reserve.selector, this.claimDays.selector, this.claimUnsignedDays.selector,
            this.attestDays.selector, this.lapseDays.selector, this.setSigner.selector, this.transferFrom.selector,
            this.safeTransferFrom.selector, this.askRefund.selector, this.takeRefund.selector, this.cancel.selector
        ];
    }

    function hostileDeposit(uint256 seed) external drawn("hostileDeposit") lowersOnly(address(0)) {
        choose(seed >> 32);
        this.depositWithin(Way((seed >> 8) % 3), seed);
    }

    function hostileWithdraw(uint256 seed) external drawn("hostileWithdraw") lowersOnly(accounts[seed % TENANTS]) {
        bool fees = ghostFees != 0 && (seed >> 8) % 3 == 0;
        if (!fees && ghostCredits[accounts[seed % TENANTS]] < 2) return;
        choose(seed >> 32);
        this.payOutWithin(fees ? Way.Fees : Way.Withdrawal, seed);
    }

    function giveWithin(uint256 seed) internal override {
        choose(seed >> 64);
        this.giveWithinCall(seed % 2 == 0 ? Way.Received : Way.ReceivedWithData, seed);
    }

    /// @notice The walk goes through all pairs of a way in and an entry point, until each was seen.
    function enter(uint256 way, uint256 entry, uint256 seed) external lowersOnly(accounts[seed % TENANTS]) {
        if (seenWithin[way][entry]) return;
        if (way <= uint256(Way.Permit) && ghostPaused) return;
        if (way == uint256(Way.Withdrawal) && ghostCredits[accounts[seed % TENANTS]] < 2) return;
        if (way == uint256(Way.Fees) && ghostFees == 0) return;
        if (way >= uint256(Way.Received) && giveable(seed) == NONE) return;
        if (!chooseOf(entry, seed)) return;
        _checked = true;
        if (way <= uint256(Way.Permit)) {
            draw("hostileDeposit");
            this.depositWithin(Way(way), seed);
        } else if (way <= uint256(Way.Fees)) {
            draw("hostileWithdraw");
            this.payOutWithin(Way(way), seed);
        } else {
            draw("safeTransferFrom");
            this.giveWithinCall(Way(way), seed);
        }
        _checked = false;
    }

    /// @notice The reserve keeps a hundredth, or not, and somebody acts in the middle. What is credited is what arrived: a gift too.
    function depositWithin(Way way, uint256 seed) external {
        uint256 who = seed % TENANTS;
        (address from, uint256 amount) = (accounts[who], 1000 + (seed >> 16) % 10e6);
        // A gift at the permit would be what is taxed, for it is the next transfer.
        uint256 kept = way != Way.Permit && (seed >> 12) % 2 == 0 ? amount / 100 : 0;
        (bool fine, uint256 gifts) = (!ghostPaused, ghostGifts);
        bytes memory data = abi.encodeCall(berth.deposit, (amount, from));
        if (way != Way.Deposit) {
            (uint8 v, bytes32 r, bytes32 s) = signPermit(who, amount);
            data = abi.encodeCall(berth.depositWithPermit, (amount, from, type(uint256).max, v, r, s));
            vm.prank(from);
            token.approve(address(berth), 0);
        }
        token.tax(kept != 0);
        _underway = way == Way.Permit ? 0 : amount - kept;
        // A permit comes before the deposit, which somebody may pause, or let go on, at that moment.
        if (way == Way.Permit && _pending.length != 0) fine = !_pauses;
        bool success = attemptArmed(address(berth), way, from, data);
        token.tax(false);
        record("hostileDeposit", success, fine);
        if (success) {
            // What somebody gave while the transfer was measured arrived with it; a permit is before that.
            uint256 given = way == Way.Permit ? 0 : ghostGifts - gifts;
            ghostGifts -= given;
            ghostCredits[from] += amount - kept + given;
        }
        vm.prank(from);
        token.approve(address(berth), type(uint256).max);
    }

    /// @notice The same in the middle of a withdrawal: what leaves is nobody's credits any more, nor the owner's fees.
    function payOutWithin(Way way, uint256 seed) external {
        address who = way == Way.Fees ? owner : accounts[seed % TENANTS];
        uint256 amount = way == Way.Fees ? 0 : 1 + (seed >> 16) % (ghostCredits[who] / 2);
        bytes memory data =
            way == Way.Fees ? abi.encodeCall(berth.withdrawFees, (who)) : abi.encodeCall(berth.withdraw, (amount, who));
        if (way == Way.Fees) ghostFees = 0;
        ghostCredits[who] -= amount;
        _underway = 0;
        bool success = attemptArmed(address(berth), way, who, data);
        record("hostileWithdraw", success, true);
    }

    /// @notice The same while a buyer is being told of its token.
    function giveWithinCall(Way way, uint256 seed) external {
        uint256 i = giveable(seed);
        if (i == NONE) return;
        ReservationGhostData storage it = ghostReservations[i];
        (address from, address to) = (it.holder, address(receiver));
        ghostTransfer(i, to);
        bytes memory data = way == Way.Received
            ? abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", from, to, it.id)
            : abi.encodeWithSignature("safeTransferFrom(address,address,uint256,bytes)", from, to, it.id, hex"01");
        _underway = 0;
        bool success = attemptArmed(address(reservations), way, from, data);
        record("safeTransferFrom", success, true);
    }

    /// @dev A token that is not the receiver's yet, from a random one on.
    function giveable(uint256 seed) private view returns (uint256 i) {
        uint256 count_ = ghostReservations.length;
        for (uint256 tries; tries < count_; ++tries) {
            i = (seed % count_ + tries) % count_;
            if (!ghostReservations[i].cancelled && ghostReservations[i].holder != address(receiver)) return i;
        }
        return NONE;
    }

    /// @notice What the callbacks call. Falls over in no case: what went wrong is told by `attemptArmed`.
    function calledBack() external {
        bytes memory data = _pending;
        if (data.length == 0) return;
        delete _pending;
        (inside, locked, barred) = (true, msg.sender == address(token), false);
        (outcome, lastAction) = (Outcome.Nothing, 0);
        (bool success, bytes memory reason) = address(this).call(abi.encodeCall(this.act, (data)));
        if (!success) _fault = reason;
        (inside, locked) = (false, false);
    }

    /// @notice One action, on books that are in order where they were before: nothing that the contracts show is behind what has moved already.
    function act(bytes calldata data) external {
        if (_checked) checkMidway();
        passOn(data);
    }

    /// @notice Takes an action by itself, and undoes all of it but the passing of time: so what is armed is a call that would be done.
    function tryOut(bytes calldata data) external {
        (trying, outcome) = (true, Outcome.Nothing);
        passOn(data);
        revert Tried(outcome == Outcome.Through, ghostPaused);
    }

    function clock() external view returns (uint256) {
        return block.timestamp;
    }

    function choose(uint256 seed) private {
        for (uint256 n; n < ENTRIES; ++n) {
            if (chooseOf((seed + n) % ENTRIES, seed)) return;
        }
    }

    /// @dev Looks for arguments with which the entry point's action is done right now.
    function chooseOf(uint256 entry, uint256 seed) private returns (bool) {
        delete _pending;
        for (uint256 tries; tries < 12; ++tries) {
            bytes memory data = callOf(entries()[entry], uint256(keccak256(abi.encode(seed, entry, tries))));
            uint256 time = this.clock();
            (, bytes memory answer) = address(this).call(abi.encodeCall(this.tryOut, (data)));
            if (bytes4(answer) != Tried.selector) rethrow(answer);
            if (answer[35] == 0) {
                vm.warp(time);
                continue;
            }
            (_pending, _entry, _pauses) = (data, entry, answer[67] != 0);
            return true;
        }
        return false;
    }

    /// @dev A word, then one that is any number of 64 bits or a bool, then a bool: no action takes anything else.
    function callOf(bytes4 selector, uint256 draw) private pure returns (bytes memory) {
        bool flag = selector == this.changeNode.selector || selector == this.finishClose.selector;
        uint256 first = selector == this.setFee.selector ? uint16(draw) : draw;
        uint256 second = uint256(keccak256(abi.encode(draw))) % (flag ? 2 : 1 << 64);
        return abi.encodeWithSelector(selector, first, second, draw % 2);
    }

    function attemptArmed(address target, Way way, address sender, bytes memory data) private returns (bool success) {
        bool armed = _pending.length != 0;
        bytes memory call = armed ? abi.encodeCall(this.calledBack, ()) : bytes("");
        bool received = way >= Way.Received;
        if (received) receiver.armCall(address(this), call);
        else token.arm(address(this), call, way == Way.Permit);
        success = attemptAt(target, sender, data);
        token.arm(address(0), "", false);
        if (_fault.length != 0) rethrow(_fault);
        if (success && armed) count(uint256(way));
        delete _pending;
    }

    function count(uint256 way) private {
        require(_pending.length == 0, "an armed call was not reached");
        countIn(byWay[way]);
        countIn(byAction[lastAction]);
        if (outcome >= Outcome.Stopped) seenWithin[way][_entry] = true;
    }

    function countIn(Within storage all) private {
        ++all.armed;
        if (outcome == Outcome.Stopped) ++all.stopped;
        else if (outcome == Outcome.Through) ++all.through;
        else ++all.changed;
    }

    /// @dev Invariant 1 in the middle of a call, and that what leaves has left the books before.
    function checkMidway() private view {
        uint256 funds = reservationFunds() + ghostModuleGifts;
        require(berth.credits(address(reservations)) == funds, "in the middle of a call, reservations and stake differ from the ghost's");
        uint256 sum = inTabs() + ghostFees + ghostGifts + funds;
        for (uint256 i; i < accounts.length; ++i) {
            require(berth.credits(accounts[i]) == ghostCredits[accounts[i]], "in the middle of a call, credits differ from the ghost's");
            sum += ghostCredits[accounts[i]];
        }
        require(berth.accruedFees() == ghostFees, "in the middle of a call, fees differ from the ghost's");
        require(token.balanceOf(address(berth)) == sum + _underway, "in the middle of a call, the reserve differs from what is owed");
    }

    function passOn(bytes calldata data) private {
        (bool success, bytes memory reason) = address(this).call(data);
        if (!success) rethrow(reason);
    }

    function rethrow(bytes memory reason) private pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
