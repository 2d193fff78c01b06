// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Actions} from "./Actions.sol";
import {bound, CURVE_ORDER} from "./Vm.sol";

/// @notice Batches as honest and hostile submitters make them.
abstract contract SettleAction is Actions {
    /// @notice One to four groups of up to six lines: new, old, too high, forged, for another contract, high s, repeated.
    function settle(uint256 seed, uint256 submitter) external drawn("settle") lowersOnly(address(0)) {
        if (ghostTabs.length == 0) return;
        bytes memory batch;
        uint256 paid;
        uint256 groups = 1 + seed % 4;
        for (uint256 g; g < groups; ++g) {
            (bytes memory group, uint256 groupPaid) = makeGroup(uint256(keccak256(abi.encode(seed, g))));
            batch = bytes.concat(batch, group);
            paid += groupPaid;
        }
        if (seed % 10 == 9) refuseTruncated(batch);
        require(attempt(accounts[submitter % accounts.length], abi.encodeCall(berth.settle, (batch))), "settle reverted");
        record("settle", paid != 0, paid != 0);
    }

    /// @dev A truncated batch reverts as a whole; the same, whole, pays.
    function refuseTruncated(bytes memory batch) private {
        bytes memory short = new bytes(batch.length - 1);
        for (uint256 i; i < short.length; ++i) {
            short[i] = batch[i];
        }
        require(!attempt(accounts[7], abi.encodeCall(berth.settle, (short))), "a truncated batch settled");
    }

    function makeGroup(uint256 seed) private returns (bytes memory, uint256 paid) {
        uint256 node = ghostTabs[seed % ghostTabs.length].node;
        uint256 count = (seed >> 16) % 7;
        bytes memory lines;
        for (uint256 l; l < count; ++l) {
            uint256 draw = uint256(keccak256(abi.encode(seed, l)));
            (bytes memory line, uint256 linePaid) = makeLine(draw, node, uint32(seed % 4));
            lines = bytes.concat(lines, line);
            paid += linePaid;
        }
        return (bytes.concat(abi.encodePacked(nodes[node], uint32(seed % 4), uint16(count)), lines), paid);
    }

    function makeLine(uint256 draw, uint256 node, uint32 day) private returns (bytes memory line, uint256 paid) {
        uint256 i = aliveTab(draw >> 8);
        TabGhost storage tab = ghostTabs[i];
        uint64 amount = uint64(bound(draw >> 64, tab.spent, tab.deposit + tab.deposit / 8));
        uint256 kind = draw % 16;
        if (kind == 0) amount = uint64(bound(draw >> 64, 0, tab.spent)); // old
        if (kind == 1) amount = type(uint64).max; // all there is
        if (kind == 2) return (lineUnder(domain, uint256(keccak256(abi.encode(draw))), nodes[node], day, amount), 0); // forged
        if (kind == 3) return (lineUnder(domainOf(block.chainid, address(this)), tab.signerKey, nodes[node], day, amount), 0);
        if (kind == 4) return (lineUnder(domainOf(1, address(berth)), tab.signerKey, nodes[node], day, amount), 0);
        line = lineUnder(domain, tab.signerKey, nodes[node], day, amount);
        if (kind == 5) return (flipS(line), 0);
        // A receipt names its node: it reaches the signer's tab there, if there is one.
        for (uint256 t; t < ghostTabs.length; ++t) {
            if (ghostTabs[t].node == node && ghostTabs[t].signerKey == tab.signerKey) paid = ghostPay(t, amount);
        }
    }

    /// @dev The other form of the same signature, as close as EIP-2098 comes to it: s -> n - s with the top bit lost.
    function flipS(bytes memory line) private pure returns (bytes memory) {
        uint256 vs;
        assembly ("memory-safe") {
            vs := mload(add(line, 112))
        }
        uint256 s = CURVE_ORDER - (vs & (type(uint256).max >> 1));
        vs = s | ((vs >> 255 ^ 1) << 255);
        assembly ("memory-safe") {
            mstore(add(line, 112), vs)
        }
        return line;
    }
}
