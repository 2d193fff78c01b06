// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeProfile, Offer} from "../../src/interfaces/INodeRegistry.sol";
import {OrderActions} from "./OrderActions.sol";
import {bound, vm} from "./Vm.sol";

/// @notice One action per entry point. Each predicts whether the call succeeds and what it moves, makes it, and fails if the contract
/// disagrees; so a call that should have been refused is found as well as one that should not.
contract Handler is OrderActions {
    mapping(uint256 key => bool) internal usedKeys;

    function deposit(uint256 seed, uint256 amount) external lowersOnly(address(0)) {
        address from = accounts[seed % accounts.length];
        address to = accounts[(seed >> 8) % accounts.length];
        amount = bound(amount, 0, 50e6);
        bool success = attempt(from, abi.encodeCall(berth.deposit, (amount, to)));
        record("deposit", success, !ghostPaused && amount != 0);
        if (success) ghostCredits[to] += amount;
    }

    function depositWithPermit(uint256 seed, uint256 amount, bool frontRun) external lowersOnly(address(0)) {
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

    function withdraw(uint256 seed, uint256 amount) external lowersOnly(accounts[seed % accounts.length]) {
        address account = accounts[seed % accounts.length];
        uint256 has = ghostCredits[account];
        // mostly a part; sometimes more than is there
        amount = seed % 5 == 0 ? bound(amount, has + 1, has + 10) : bound(amount, 1, has / 2 + 1);
        bool success = attempt(account, abi.encodeCall(berth.withdraw, (amount, accounts[(seed >> 8) % accounts.length])));
        record("withdraw", success, amount <= has);
        if (success) ghostCredits[account] -= amount;
    }

    function registerNode(uint256 seed) external lowersOnly(address(0)) {
        uint256 node = seed % NODES;
        // Once the nodes of this run are there, mostly keys that nobody has seen: they are not used further.
        uint256 key = registered[node] && seed % 3 != 0 ? uint256(keccak256(abi.encode("fresh", seed))) : nodeKeys[node];
        address operator = seed % 4 == 0 ? accounts[7] : operatorOf(node);
        // The key signed for its true operator: a stranger can't use the signature.
        (bytes32 r, bytes32 vs) = sign(key, registrationHash(operatorOf(node)));
        NodeProfile memory profile = NodeProfile(uint8(seed >> 8) % 3, "DE", new string[](0), new address[](0), bytes32(seed));
        bytes memory data = abi.encodeCall(berth.registerNode, (vm.addr(key), r, vs, profile, new Offer[](0)));
        bool success = attempt(operator, data);
        bool known = key == nodeKeys[node] ? registered[node] : usedKeys[key];
        record("registerNode", success, !known && operator == operatorOf(node));
        if (success && key == nodeKeys[node]) registered[node] = true;
        if (success) usedKeys[key] = true;
    }

    function changeNode(uint256 seed, bool offers) external lowersOnly(address(0)) {
        uint256 node = seed % NODES;
        address sender = seed % 5 == 0 ? accounts[7] : seed % 5 == 1 ? nodes[node] : operatorOf(node);
        NodeProfile memory profile = NodeProfile(uint8(seed >> 8) % 4, "DE", new string[](1), new address[](1), bytes32(seed));
        bool success = offers
            ? attempt(sender, abi.encodeCall(berth.setOffers, (nodes[node], new Offer[](0))))
            : attempt(sender, abi.encodeCall(berth.updateNode, (nodes[node], profile)));
        record("changeNode", success, registered[node] && !retired[node] && sender != accounts[7] && (offers || profile.tier < 3));
    }

    function retireNode(uint256 seed) external lowersOnly(address(0)) {
        // Two nodes stay for the whole run.
        uint256 node = 2 + seed % (NODES - 2);
        if (seed % 8 > 2) return;
        address sender = seed % 8 == 0 ? nodes[node] : operatorOf(node);
        if (seed % 8 != 0 && (!registered[node] || retired[node])) return;
        bool success = attempt(sender, abi.encodeCall(berth.retireNode, (nodes[node])));
        record("retireNode", success, registered[node] && !retired[node] && sender == operatorOf(node));
        if (success) retired[node] = true;
    }

    function openTab(uint256 seed, uint64 amount) external lowersOnly(accounts[seed % TENANTS]) {
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

    function topUp(uint256 seed, uint64 amount) external lowersOnly(tenantOf(seed)) {
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

    function requestClose(uint256 seed) external lowersOnly(address(0)) {
        if (ghostTabs.length == 0 || seed % 4 == 3) return;
        TabGhost storage tab = ghostTabs[aliveTab(seed)];
        address sender = seed % 6 == 0 ? nodes[tab.node] : tab.tenant;
        bool success = attempt(sender, abi.encodeCall(berth.requestClose, (vm.addr(tab.signerKey), nodes[tab.node])));
        record("requestClose", success, sender == tab.tenant && !tab.closed && tab.closeRequestedAt == 0);
        if (success) tab.closeRequestedAt = block.timestamp;
    }

    function finishClose(uint256 seed, bool wait) external lowersOnly(address(0)) {
        if (ghostTabs.length == 0) return;
        uint256 i = closingTab(seed);
        TabGhost storage tab = ghostTabs[i];
        if (tab.closeRequestedAt == 0 && seed % 16 != 0) return;
        if (wait) vm.warp(block.timestamp + 36 hours);
        bool success = attempt(accounts[seed % accounts.length], abi.encodeCall(berth.finishClose, (vm.addr(tab.signerKey), nodes[tab.node])));
        record("finishClose", success, !tab.closed && tab.closeRequestedAt != 0 && block.timestamp >= tab.closeRequestedAt + 72 hours);
        if (success) ghostClose(i);
    }

    function closeTab(uint256 seed, uint64 amount) external lowersOnly(address(0)) {
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

    function setFee(uint16 bps) external lowersOnly(address(0)) {
        bps = uint16(bound(bps, 0, 700));
        bool success = attempt(bps % 5 == 0 ? accounts[7] : owner, abi.encodeCall(berth.setFee, (bps)));
        record("setFee", success, bps <= 500 && bps % 5 != 0);
        if (success) ghostFeeBps = bps;
    }

    function setPaused(uint256 seed) external lowersOnly(address(0)) {
        // Paused for a sixth of the time.
        bool value = seed % 6 == 0;
        bool success = attempt(seed % 7 == 0 ? accounts[7] : owner, abi.encodeCall(berth.setPaused, (value)));
        record("setPaused", success, seed % 7 != 0);
        if (success) ghostPaused = value;
    }

    function withdrawFees(uint256 seed) external lowersOnly(address(0)) {
        address sender = seed % 5 == 0 ? accounts[7] : owner;
        if (ghostFees == 0 && seed % 5 != 0) return;
        bool success = attempt(sender, abi.encodeCall(berth.withdrawFees, (owner)));
        record("withdrawFees", success, sender == owner && ghostFees != 0);
        if (success) ghostFees = 0;
    }

    /// @notice Deposit and withdraw in one call, all or nothing.
    function multicall(uint256 seed, uint256 amount) external lowersOnly(accounts[seed % TENANTS]) {
        address account = accounts[seed % TENANTS];
        amount = bound(amount, 1, 10e6);
        uint256 out = seed % 5 == 0 ? ghostCredits[account] + amount + 1 : amount;
        bytes[] memory data = new bytes[](2);
        data[0] = abi.encodeCall(berth.deposit, (amount, account));
        data[1] = abi.encodeCall(berth.withdraw, (out, account));
        bool success = attempt(account, abi.encodeCall(berth.multicall, (data)));
        record("multicall", success, !ghostPaused && seed % 5 != 0);
    }

    function gift(uint256 amount) external lowersOnly(address(0)) {
        amount = bound(amount, 1, 1000);
        vm.prank(accounts[7]);
        require(token.transfer(address(berth), amount));
        ghostGifts += amount;
        record("gift", true, true);
    }

    function passTime(uint256 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 30 hours));
        record("passTime", true, true);
    }

    /// @notice Invariant 6: paused, everyone takes out all that is theirs, and nothing but gifts stays.
    function everyoneLeaves() external {
        vm.prank(owner);
        berth.setPaused(true);
        for (uint256 i; i < ghostTabs.length; ++i) {
            TabGhost storage tab = ghostTabs[i];
            if (tab.closed) continue;
            address signer = vm.addr(tab.signerKey);
            // The operator's part: what was signed is still paid.
            ghostPay(i, tab.allowed);
            bytes memory line = lineUnder(domain, tab.signerKey, nodes[tab.node], 9, uint64(tab.allowed));
            berth.settle(bytes.concat(abi.encodePacked(nodes[tab.node], uint32(9), uint16(1)), line));
            if (tab.closeRequestedAt == 0) {
                vm.prank(tab.tenant);
                berth.requestClose(signer, nodes[tab.node]);
            }
            ghostClose(i);
        }
        vm.warp(block.timestamp + 72 hours);
        for (uint256 i; i < ghostTabs.length; ++i) {
            (address signer, address node) = (vm.addr(ghostTabs[i].signerKey), nodes[ghostTabs[i].node]);
            if (berth.tabs(signer, node).deposit > berth.tabs(signer, node).spent) berth.finishClose(signer, node);
        }
        for (uint256 i; i < accounts.length; ++i) {
            uint256 all = ghostCredits[accounts[i]];
            if (all == 0) continue;
            vm.prank(accounts[i]);
            berth.withdraw(all, accounts[i]);
            ghostCredits[accounts[i]] = 0;
        }
        if (ghostFees != 0) {
            vm.prank(owner);
            berth.withdrawFees(owner);
            ghostFees = 0;
        }
        require(token.balanceOf(address(berth)) == ghostGifts, "invariant 6: something stayed behind");
    }


}
