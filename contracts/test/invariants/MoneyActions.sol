// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Actions} from "./Actions.sol";
import {bound, vm} from "./Vm.sol";

/// @notice Reserve in and out, by honest and by hostile ways.
abstract contract MoneyActions is Actions {
    function deposit(uint256 seed, uint256 amount) external drawn("deposit") lowersOnly(address(0)) {
        address from = accounts[seed % accounts.length];
        // One time in eight for the Reservations contract, which accounts for none of it: nobody gets it back.
        bool module = (seed >> 16) % 8 == 7;
        address to = module ? address(reservations) : accounts[(seed >> 8) % accounts.length];
        amount = bound(amount, 0, 50e6);
        bool success = attempt(from, abi.encodeCall(berth.deposit, (amount, to)));
        record("deposit", success, !ghostPaused && amount != 0);
        if (!success) return;
        if (module) ghostModuleGifts += amount;
        else ghostCredits[to] += amount;
    }

    function depositWithPermit(uint256 seed, uint256 amount, bool frontRun) external drawn("depositWithPermit") lowersOnly(address(0)) {
        uint256 who = seed % TENANTS;
        amount = bound(amount, 1, 200e6);
        bytes32 permit = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                accounts[who],
                address(berth),
                amount,
                token.nonces(accounts[who]),
                type(uint256).max
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(accountKeys[who], keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit)));
        vm.prank(accounts[who]);
        token.approve(address(berth), 0);
        if (frontRun) token.permit(accounts[who], address(berth), amount, type(uint256).max, v, r, s);
        bytes memory data = abi.encodeCall(berth.depositWithPermit, (amount, accounts[who], type(uint256).max, v, r, s));
        // Somebody else sends it: no allowance of theirs, so nothing moves; the permit's owner pays for nobody.
        if (seed % 7 == 0) require(!attempt(address(0xBAD), data), "a permit was redirected");
        bool success = attempt(accounts[who], data);
        record("depositWithPermit", success, !ghostPaused);
        if (success) ghostCredits[accounts[who]] += amount;
        vm.prank(accounts[who]);
        token.approve(address(berth), type(uint256).max);
    }

    function withdraw(uint256 seed, uint256 amount) external drawn("withdraw") lowersOnly(accounts[seed % accounts.length]) {
        address account = accounts[seed % accounts.length];
        uint256 has = ghostCredits[account];
        // mostly a part; sometimes more than is there
        amount = seed % 5 == 0 ? bound(amount, has + 1, has + 10) : bound(amount, 1, has / 2 + 1);
        bool success = attempt(account, abi.encodeCall(berth.withdraw, (amount, accounts[(seed >> 8) % accounts.length])));
        record("withdraw", success, amount <= has);
        if (success) ghostCredits[account] -= amount;
    }

    /// @notice Deposit and withdraw in one call, all or nothing.
    function multicall(uint256 seed, uint256 amount) external drawn("multicall") lowersOnly(accounts[seed % TENANTS]) {
        address account = accounts[seed % TENANTS];
        amount = bound(amount, 1, 10e6);
        uint256 out = seed % 5 == 0 ? ghostCredits[account] + amount + 1 : amount;
        bytes[] memory data = new bytes[](2);
        data[0] = abi.encodeCall(berth.deposit, (amount, account));
        data[1] = abi.encodeCall(berth.withdraw, (out, account));
        bool success = attempt(account, abi.encodeCall(berth.multicall, (data)));
        record("multicall", success, !ghostPaused && seed % 5 != 0);
    }

    function gift(uint256 amount) external drawn("gift") lowersOnly(address(0)) {
        amount = bound(amount, 1, 1000);
        vm.prank(accounts[7]);
        require(token.transfer(address(berth), amount));
        ghostGifts += amount;
        record("gift", true, true);
    }

    /// @notice The reserve keeps a hundredth of a deposit, or calls back in the middle of it: every call that moves reserve is refused
    /// then, and what is credited is what arrived.
    function hostileDeposit(uint256 seed) external drawn("hostileDeposit") lowersOnly(address(0)) {
        address from = accounts[seed % TENANTS];
        uint256 amount = bound(seed >> 16, 1000, 10e6);
        bytes[3] memory calls = [
            abi.encodeCall(berth.withdraw, (1, accounts[7])),
            abi.encodeCall(berth.deposit, (1, accounts[7])),
            abi.encodeCall(berth.depositWithPermit, (1, accounts[7], type(uint256).max, 27, bytes32(0), bytes32(0)))
        ];
        bool taxed = (seed >> 8) % 2 == 0;
        uint256 entered = token.entered();
        token.arm(address(berth), calls[(seed >> 4) % 3], taxed);
        bool success = attempt(from, abi.encodeCall(berth.deposit, (amount, from)));
        token.arm(address(0), "", false);
        record("hostileDeposit", success, !ghostPaused);
        require(token.entered() == entered, "the reserve came back in");
        if (success) ghostCredits[from] += amount - (taxed ? amount / 100 : 0);
    }

    /// @notice The same in the middle of a withdrawal; the reserve has credits of its own to try it with.
    function hostileWithdraw(uint256 seed) external drawn("hostileWithdraw") lowersOnly(accounts[seed % TENANTS]) {
        address who = accounts[seed % TENANTS];
        if (ghostCredits[who] < 2) return;
        uint256 amount = bound(seed >> 16, 1, ghostCredits[who] / 2);
        uint256 entered = token.entered();
        token.arm(address(berth), abi.encodeCall(berth.withdraw, (1, accounts[7])), false);
        bool success = attempt(who, abi.encodeCall(berth.withdraw, (amount, who)));
        token.arm(address(0), "", false);
        record("hostileWithdraw", success, true);
        require(token.entered() == entered, "the reserve came back in");
        ghostCredits[who] -= amount;
    }
}
