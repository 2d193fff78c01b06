// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RecordsOpening, StandingOrder} from "../../src/interfaces/IStandingOrders.sol";
import {SettleAction} from "./SettleAction.sol";
import {bound, vm} from "./Vm.sol";

/// @notice Standing orders, given and claimed from, by honest and hostile callers.
abstract contract OrderActions is SettleAction {
    /// @dev By place in `ghostTabs`; `until` is zero where there is no order.
    mapping(uint256 tab => StandingOrder) internal ghostOrders;
    uint256[] internal tabsWithOrder;

    function openTabWithOrder(uint256 seed, uint64 amount) external drawn("openTabWithOrder") lowersOnly(accounts[seed % TENANTS]) {
        address tenant = accounts[seed % TENANTS];
        uint256 node = (seed >> 16) % 8 == 0 ? (seed >> 8) % NODES : (seed >> 8) % 2;
        uint256 has = ghostCredits[tenant];
        amount = uint64(bound(amount, 1, has / 2 + 1));
        uint256 signerKey = uint256(keccak256(abi.encode("order signer", seed % TENANTS, (seed >> 32) % 24)));
        StandingOrder memory order = drawOrder(uint256(keccak256(abi.encode(seed, "order"))));
        (bytes32 r, bytes32 vs) = sign(signerKey, consentHash(tenant, nodes[node]));
        address signer = vm.addr(signerKey);
        bytes memory data = abi.encodeCall(berth.openTabWithOrder, (signer, nodes[node], amount, order, r, vs));
        bool success = attempt(tenant, data);
        if (order.from < block.timestamp) order.from = uint32(block.timestamp);
        bool fine = order.until > block.timestamp && allowedAt(order, order.until) != 0;
        fine = fine && registered[node] && !retired[node] && !openedOnce[signerKey][node] && has >= amount;
        record("openTabWithOrder", success, fine && !ghostPaused);
        if (!success) return;
        openedOnce[signerKey][node] = true;
        ghostCredits[tenant] -= amount;
        ghostOrders[ghostTabs.length] = order;
        tabsWithOrder.push(ghostTabs.length);
        ghostTabs.push(TabGhost(tenant, signerKey, node, amount, 0, 0, 0, ghostFeeBps, 0, false));
    }

    /// @notice A claim as the node signs it, or as it never did: by another key, for another tab or contract.
    function claimStandingOrder(uint256 seed, uint64 amount) external drawn("claimStandingOrder") lowersOnly(address(0)) {
        if (tabsWithOrder.length == 0) return;
        uint256 i = seed % 12 == 0 ? aliveTab(seed) : orderedTab(seed);
        TabGhost storage tab = ghostTabs[i];
        // Mostly a little more than is paid, so that later claims find something; sometimes all that there is.
        amount = uint64(seed % 5 == 0 ? bound(amount, 0, 2 * tab.deposit) : tab.spent + bound(amount, 1, tab.deposit / 8 + 1));
        uint256 kind = (seed >> 16) % 16;
        bool success = attempt(accounts[(seed >> 24) % accounts.length], claimData(tab, amount, kind));
        uint256 reach = orderAllows(i) < amount ? orderAllows(i) : amount;
        bool fine = kind > 2 && !tab.closed && ghostOrders[i].until != 0;
        record("claimStandingOrder", success, fine && (reach < tab.deposit ? reach : tab.deposit) > tab.spent);
        if (success) ghostPay(i, reach);
    }

    /// @dev Looks on from a random tab with an order for one that has something left to claim; any of them, one time in sixteen.
    function orderedTab(uint256 seed) private view returns (uint256 i) {
        uint256 first = (seed >> 8) % tabsWithOrder.length;
        i = tabsWithOrder[first];
        if ((seed >> 128) % 16 == 0) return i;
        for (uint256 tries; tries < tabsWithOrder.length; ++tries) {
            i = tabsWithOrder[(first + tries) % tabsWithOrder.length];
            TabGhost storage tab = ghostTabs[i];
            uint256 reach = orderAllows(i) < tab.deposit ? orderAllows(i) : tab.deposit;
            if (!tab.closed && reach > tab.spent) return i;
        }
    }

    function claimData(TabGhost storage tab, uint64 amount, uint256 kind) private view returns (bytes memory) {
        (address signer, address node) = (vm.addr(tab.signerKey), nodes[tab.node]);
        RecordsOpening memory opening = RecordsOpening(1, uint64(block.number), amount, 2, bytes32("root"), bytes32("yesterday"));
        // 0: another key signs. 1: the receipt is another tab's. 2: it is for another contract.
        uint256 key = kind == 0 ? tab.signerKey : nodeKeys[tab.node];
        bytes32 hash = openingHash(kind == 1 ? address(0xDEAD) : signer, node, opening);
        bytes32 domain_ = kind == 2 ? domainOf(block.chainid, address(this)) : domain;
        (bytes32 r, bytes32 vs) = signWith(key, domain_, receiptHash(node, 3, amount, amount, hash));
        return abi.encodeCall(berth.claimStandingOrder, (signer, node, 3, amount, amount, opening, r, vs));
    }

    function openingHash(address signer, address node, RecordsOpening memory o) private view returns (bytes32) {
        bytes32 tab = keccak256(abi.encode(block.chainid, address(berth), signer, node));
        return keccak256(abi.encode(tab, o.seq, o.block, o.used, o.treeSize, o.treeRoot, o.previousDayRecordsHash));
    }

    /// @dev What the order of tab `i` allows now: a close request stops its clock.
    function orderAllows(uint256 i) private view returns (uint256) {
        uint256 stopped = ghostTabs[i].closeRequestedAt;
        return allowedAt(ghostOrders[i], stopped == 0 ? block.timestamp : stopped);
    }

    function allowedAt(StandingOrder memory order, uint256 time) private pure returns (uint256 allowed) {
        if (time > order.until) time = order.until;
        if (time > order.from) allowed = (time - order.from) * order.rate / 3600;
        if (allowed > order.cap) allowed = order.cap;
        allowed += order.base;
    }

    /// @dev Orders for some days, some from the past or the future, some that are over or empty.
    function drawOrder(uint256 draw) private view returns (StandingOrder memory) {
        return StandingOrder({
            base: draw % 3 == 0 ? 0 : uint64(bound(draw >> 8, 0, 10e6)),
            cap: draw % 7 == 0 ? 0 : uint64(bound(draw >> 72, 0, 60e6)),
            rate: draw % 11 == 0 ? type(uint64).max : uint64(bound(draw >> 136, 0, 2e6)),
            from: uint32(bound(draw >> 16, block.timestamp - 1 days, block.timestamp + 2 days)),
            until: uint32(bound(draw >> 48, block.timestamp - 1 days, block.timestamp + 20 days))
        });
    }
}
