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
        (uint8 v, bytes32 r, bytes32 s) = signPermit(who, amount);
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

    function signPermit(uint256 who, uint256 amount) internal view returns (uint8 v, bytes32 r, bytes32 s) {
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
        return vm.sign(accountKeys[who], keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), permit)));
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

    /// @notice Two calls in one, all or nothing: deposit and withdraw, or more for a tab and its payment.
    function multicall(uint256 seed, uint256 amount) external drawn("multicall") lowersOnly(accounts[seed % TENANTS]) {
        address account = accounts[seed % TENANTS];
        if ((seed >> 8) % 2 == 0 && multicallTab(seed, account)) return;
        amount = bound(amount, 1, 10e6);
        uint256 out = seed % 5 == 0 ? ghostCredits[account] + amount + 1 : amount;
        guardedPart = true;
        bool success = both(account, abi.encodeCall(berth.deposit, (amount, account)), abi.encodeCall(berth.withdraw, (out, account)));
        record("multicall", success, !ghostPaused && seed % 5 != 0);
    }

    /// @dev Of an open tab of `account`'s, if it has one.
    function multicallTab(uint256 seed, address account) private returns (bool) {
        for (uint256 i; i < ghostTabs.length; ++i) {
            TabGhost storage tab = ghostTabs[i];
            if (tab.tenant != account || tab.closed || tab.closeRequestedAt != 0) continue;
            uint256 more = seed % 5 == 0 ? ghostCredits[account] + 1 : 1;
            uint64 amount = uint64(tab.spent + bound(seed >> 16, 1, tab.deposit / 8 + 1));
            bytes memory line = lineUnder(domain, tab.signerKey, nodes[tab.node], 5, amount);
            bytes memory batch = bytes.concat(abi.encodePacked(nodes[tab.node], uint32(5), uint16(1)), line);
            guardedPart = false;
            bytes memory first = abi.encodeCall(berth.topUp, (vm.addr(tab.signerKey), nodes[tab.node], uint64(more)));
            bool success = both(account, first, abi.encodeCall(berth.settle, (batch)));
            record("multicall", success, ghostCredits[account] >= more);
            if (success) {
                ghostCredits[account] -= more;
                tab.deposit += more;
                ghostPay(i, amount);
            }
            return true;
        }
        return false;
    }

    function both(address account, bytes memory first, bytes memory second) private returns (bool) {
        bytes[] memory data = new bytes[](2);
        (data[0], data[1]) = (first, second);
        return attempt(account, abi.encodeCall(berth.multicall, (data)));
    }

    function gift(uint256 amount) external drawn("gift") lowersOnly(address(0)) {
        amount = bound(amount, 1, 1000);
        vm.prank(accounts[7]);
        require(token.transfer(address(berth), amount));
        ghostGifts += amount;
        record("gift", true, true);
    }
}
