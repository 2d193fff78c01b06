// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Berth} from "../src/Berth.sol";
import {TestUSD} from "../src/dev/TestUSD.sol";
import {NodeProfile, Offer} from "../src/interfaces/INodeRegistry.sol";
import {RecordsOpening, StandingOrder} from "../src/interfaces/IStandingOrders.sol";
import {Signing} from "./invariants/Signing.sol";
import {bound, deployCore, vm} from "./invariants/Vm.sol";

/// @notice Fuzz of invariant 4: every entry point that raises what a tab has paid, and the top-ups between them, in any order, batched,
/// repeated, by anyone. Settlement.t.sol has the rest of settlement.
contract SettlementOrderFuzz is Signing {
    /// @dev Two signers at each of two nodes: tab t is signer 10 + t / 2's at node 1 + t % 2.
    uint256 private constant TABS = 4;
    /// @dev Deed i is about tab i % TABS. The first are receipts, then come claims under the tab's order, at last a top-up of each.
    uint256 private constant RECEIPTS = 5 * TABS;
    uint256 private constant RAISES = RECEIPTS + 2 * TABS;
    uint256 private constant DEEDS = RAISES + TABS;

    Berth private berth;
    Berth private twin;
    TestUSD private token;
    uint256 private seed;

    function setUp() public {
        token = new TestUSD();
        berth = deployCore(address(token), address(this));
        twin = deployCore(address(token), address(this));
        token.mint(address(this), 1e18);
        prepare(berth);
        prepare(twin);
    }

    /// @notice Two deployments get the same deeds. One gets them in order, the receipts of a node in one group of one batch; the other
    /// permuted, one by one or in pairs, then some again, by anyone. All balances end equal, and every tab has paid what the words say. A
    /// top-up pays nothing by itself: what a deposit was too small for is sent once more.
    function testFuzz_invariant_4_orderBatchingAndRepetitionChangeNothing(uint256 seed_, uint16 feeBps) public {
        seed = seed_;
        openAll(berth, uint16(bound(feeBps, 0, 500)));
        openAll(twin, uint16(bound(feeBps, 0, 500)));
        vm.warp(block.timestamp + 10 hours);
        for (uint256 i = RAISES; i < DEEDS; ++i) {
            perform(berth, i, address(this));
        }
        settleInOrder(berth);
        for (uint256 i = RECEIPTS; i < RAISES; ++i) {
            perform(berth, i, address(this));
        }
        for (uint256 n; n < DEEDS; ++n) {
            // A permutation: 5 has no divisor with 32.
            uint256 i = (n * 5 + seed % DEEDS) % DEEDS;
            if (i < RECEIPTS && n % 2 == 0) {
                bytes memory pair = bytes.concat(group(twin, i), group(twin, (i + 1) % RECEIPTS));
                vm.prank(address(uint160(n + 1)));
                twin.settle(pair);
            } else {
                perform(twin, i, address(uint160(n + 1)));
            }
        }
        for (uint256 n; n < RAISES; ++n) {
            perform(twin, draw("again", n) % RAISES, address(uint160(n + 1)));
        }
        for (uint256 i; i < RAISES; ++i) {
            if (toppedUp(i % TABS) != 0) perform(twin, i, address(7));
        }
        require(berth.credits(address(this)) == twin.credits(address(this)), "operator's credits differ");
        require(berth.accruedFees() == twin.accruedFees(), "fees differ");
        for (uint256 t; t < TABS; ++t) {
            uint256 spent = twin.tabs(signerOf(t), nodeOf(t)).spent;
            require(berth.tabs(signerOf(t), nodeOf(t)).spent == spent, "a tab differs");
            require(spent == due(t), "a tab has not paid what was signed and allowed");
        }
    }

    /// @param by who sends it; a top-up is the tenant's own
    function perform(Berth core, uint256 i, address by) private {
        if (i >= RAISES) {
            if (toppedUp(i % TABS) != 0) core.topUp(signerOf(i % TABS), nodeOf(i % TABS), toppedUp(i % TABS));
            return;
        }
        bytes memory data = i < RECEIPTS ? abi.encodeCall(core.settle, (group(core, i))) : claimOf(core, i);
        vm.prank(by);
        (bool success, bytes memory reason) = address(core).call(data);
        require(success || bytes4(reason) == bytes4(keccak256("NothingToClaim(uint64,uint64,uint64)")), "a claim was refused");
    }

    function settleInOrder(Berth core) private {
        bytes[2] memory lines;
        for (uint256 i; i < RECEIPTS; ++i) {
            lines[i % 2] = bytes.concat(lines[i % 2], line(core, i));
        }
        bytes memory first = abi.encodePacked(nodeOf(0), uint32(1), uint16(RECEIPTS / 2), lines[0]);
        core.settle(bytes.concat(first, abi.encodePacked(nodeOf(1), uint32(1), uint16(RECEIPTS / 2), lines[1])));
    }

    function group(Berth core, uint256 i) private view returns (bytes memory) {
        return abi.encodePacked(nodeOf(i % TABS), uint32(1), uint16(1), line(core, i));
    }

    function line(Berth core, uint256 i) private view returns (bytes memory) {
        return lineUnder(domainOf(block.chainid, address(core)), 10 + i % TABS / 2, nodeOf(i % TABS), 1, amountOf(i));
    }

    function claimOf(Berth core, uint256 i) private view returns (bytes memory) {
        (address signer, address node, uint64 amount) = (signerOf(i % TABS), nodeOf(i % TABS), amountOf(i));
        RecordsOpening memory o = RecordsOpening(1, 1, amount, 2, bytes32("root"), bytes32("yesterday"));
        bytes32 tab = keccak256(abi.encode(block.chainid, address(core), signer, node));
        bytes32 records = keccak256(abi.encode(tab, o.seq, o.block, o.used, o.treeSize, o.treeRoot, o.previousDayRecordsHash));
        bytes32 receipt = receiptHash(node, 3, amount, amount, records);
        (bytes32 r, bytes32 vs) = signWith(1 + i % 2, domainOf(block.chainid, address(core)), receipt);
        return abi.encodeCall(core.claimStandingOrder, (signer, node, 3, amount, amount, o, r, vs));
    }

    /// @dev The most that anything asks for, each as far as it may go; at most what the tab holds in the end.
    function due(uint256 t) private view returns (uint256 most) {
        for (uint256 i = t; i < RAISES; i += TABS) {
            uint256 asked = amountOf(i);
            if (i >= RECEIPTS && asked > allowed(t)) asked = allowed(t);
            if (asked > most) most = asked;
        }
        uint256 held = deposited(t) + toppedUp(t);
        return most < held ? most : held;
    }

    /// @dev After the ten hours, and from then on: the clock stands.
    function allowed(uint256 t) private view returns (uint256) {
        StandingOrder memory order = orderOf(t);
        uint256 byTime = uint256(order.rate) * 10;
        return order.base + (byTime < order.cap ? byTime : order.cap);
    }

    function orderOf(uint256 t) private view returns (StandingOrder memory) {
        (uint256 base, uint256 cap, uint256 rate) = (draw("base", t) % 60, draw("cap", t) % 60, draw("rate", t) % 12);
        return StandingOrder({base: uint64(base), cap: uint64(cap + 1), rate: uint64(rate + 1), from: 0, until: type(uint32).max});
    }

    function amountOf(uint256 i) private view returns (uint64) {
        return uint64(draw("amount", i) % 130);
    }

    function deposited(uint256 t) private view returns (uint64) {
        return uint64(60 + draw("deposit", t) % 60);
    }

    /// @dev Half of the tabs not at all: those must be right without anything being sent again at the end.
    function toppedUp(uint256 t) private view returns (uint64) {
        return draw("top-up?", t) % 2 == 0 ? 0 : uint64(1 + draw("top-up", t) % 40);
    }

    function draw(string memory what, uint256 n) private view returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what, n)));
    }

    function signerOf(uint256 t) private pure returns (address) {
        return vm.addr(10 + t / 2);
    }

    function nodeOf(uint256 t) private pure returns (address) {
        return vm.addr(1 + t % 2);
    }

    function prepare(Berth core) private {
        token.approve(address(core), type(uint256).max);
        core.deposit(1e9, address(this));
        NodeProfile memory profile = NodeProfile(0, "", new string[](0), new address[](0), 0);
        for (uint256 n; n < 2; ++n) {
            (bytes32 r, bytes32 vs) = signWith(1 + n, domainOf(block.chainid, address(core)), registrationHash(address(this)));
            core.registerNode(nodeOf(n), r, vs, profile, new Offer[](0));
        }
    }

    function openAll(Berth core, uint16 feeBps) private {
        core.setFee(feeBps);
        for (uint256 t; t < TABS; ++t) {
            (bytes32 r, bytes32 vs) = signWith(10 + t / 2, domainOf(block.chainid, address(core)), consentHash(address(this), nodeOf(t)));
            core.openTabWithOrder(signerOf(t), nodeOf(t), deposited(t), orderOf(t), r, vs);
        }
    }
}
