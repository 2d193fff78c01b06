// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Actions} from "./Actions.sol";
import {bound, vm} from "./Vm.sol";

/// @notice Tabs: opened, topped up, closed by time and by agreement.
abstract contract TabActions is Actions {
    function openTab(uint256 seed, uint64 amount) external drawn("openTab") lowersOnly(accounts[seed % TENANTS]) {
        address tenant = accounts[seed % TENANTS];
        uint256 node = (seed >> 16) % 8 == 0 ? (seed >> 8) % NODES : (seed >> 8) % 2;
        uint256 has = ghostCredits[tenant];
        amount = uint64(bound(amount, 1, has / 2 + 1));
        // Of 24 signers per tenant most are fresh; the others try a slot a second time.
        uint256 signerKey = uint256(keccak256(abi.encode("signer", seed % TENANTS, (seed >> 32) % 24)));
        address signedFor = (seed >> 40) % 8 == 0 ? accounts[7] : tenant;
        (bytes32 r, bytes32 vs) = sign(signerKey, consentHash(signedFor, nodes[node]));
        bool success = attempt(tenant, abi.encodeCall(berth.openTab, (vm.addr(signerKey), nodes[node], amount, r, vs)));
        bool fine = registered[node] && !retired[node] && !openedOnce[signerKey][node] && has >= amount;
        record("openTab", success, fine && signedFor == tenant && !ghostPaused);
        if (!success) return;
        openedOnce[signerKey][node] = true;
        ghostCredits[tenant] -= amount;
        ghostTabs.push(TabGhost(tenant, signerKey, node, amount, 0, 0, 0, ghostFeeBps, 0, false));
    }

    function topUp(uint256 seed, uint64 amount) external drawn("topUp") lowersOnly(tenantOf(seed)) {
        if (ghostTabs.length == 0) return;
        TabGhost storage tab = ghostTabs[aliveTab(seed)];
        address sender = seed % 6 == 0 ? accounts[7] : tab.tenant;
        uint256 has = ghostCredits[sender];
        amount = uint64(bound(amount, 1, has / 4 + 1));
        bool success = attempt(sender, abi.encodeCall(berth.topUp, (vm.addr(tab.signerKey), nodes[tab.node], amount)));
        record("topUp", success, sender == tab.tenant && !tab.closed && tab.closeRequestedAt == 0 && has >= amount);
        if (!success) return;
        ghostCredits[tab.tenant] -= amount;
        tab.deposit += amount;
    }

    function requestClose(uint256 seed) external drawn("requestClose") lowersOnly(address(0)) {
        if (ghostTabs.length == 0 || seed % 4 == 3) return;
        TabGhost storage tab = ghostTabs[aliveTab(seed)];
        address sender = seed % 6 == 0 ? nodes[tab.node] : tab.tenant;
        bool success = attempt(sender, abi.encodeCall(berth.requestClose, (vm.addr(tab.signerKey), nodes[tab.node])));
        record("requestClose", success, sender == tab.tenant && !tab.closed && tab.closeRequestedAt == 0);
        if (success) tab.closeRequestedAt = block.timestamp;
    }

    function finishClose(uint256 seed, bool wait) external drawn("finishClose") lowersOnly(address(0)) {
        if (ghostTabs.length == 0) return;
        uint256 i = closingTab(seed);
        TabGhost storage tab = ghostTabs[i];
        if (tab.closeRequestedAt == 0 && seed % 16 != 0) return;
        if (wait) warp(block.timestamp + 36 hours);
        bool success = attempt(accounts[seed % accounts.length], abi.encodeCall(berth.finishClose, (vm.addr(tab.signerKey), nodes[tab.node])));
        record("finishClose", success, !tab.closed && tab.closeRequestedAt != 0 && block.timestamp >= tab.closeRequestedAt + 72 hours);
        if (success) ghostClose(i);
    }

    function closeTab(uint256 seed, uint64 amount) external drawn("closeTab") lowersOnly(address(0)) {
        if (ghostTabs.length == 0 || seed % 3 == 1) return;
        uint256 i = aliveTab(seed);
        TabGhost storage tab = ghostTabs[i];
        amount = uint64(seed % 8 == 0 ? bound(amount, 0, tab.spent) : bound(amount, tab.spent, tab.deposit + 10));
        uint64 deadline = uint64(seed % 9 == 0 ? block.timestamp - 1 : block.timestamp);
        address sender = seed % 10 == 0 ? operatorOf(tab.node) : tab.tenant;
        address signer = vm.addr(tab.signerKey);
        uint256 key = seed % 11 == 0 ? tab.signerKey : nodeKeys[tab.node];
        (bytes32 r, bytes32 vs) = sign(key, closeHash(signer, nodes[tab.node], amount, deadline));
        bool success = attempt(sender, abi.encodeCall(berth.closeTab, (signer, nodes[tab.node], amount, deadline, r, vs)));
        bool fine = !tab.closed && amount >= tab.spent && deadline >= block.timestamp;
        record("closeTab", success, fine && sender == tab.tenant && key != tab.signerKey);
        if (!success) return;
        ghostPay(i, amount);
        ghostClose(i);
    }
}
