// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Berth} from "../src/Berth.sol";
import {TestUSD} from "../src/dev/TestUSD.sol";
import {NodeProfile, Offer} from "../src/interfaces/INodeRegistry.sol";
import {TabView} from "../src/interfaces/ITabs.sol";
import {TabWord, TabWordLib} from "../src/libraries/TabWord.sol";
import {Signing} from "./invariants/Signing.sol";
import {bound, deployCore, vm} from "./invariants/Vm.sol";

/// @notice Fuzz of settlement alone: invariant 7 (what a signature is bound to), and that the assembly loop pays what TabWord.pay says.
/// Invariant 4 (order, batching, repetition, submitter) is SettlementOrder.t.sol's.
contract SettlementFuzz is Signing {
    uint256 private constant TABS = 3;

    Berth private berth;
    Berth private twin;
    TestUSD private token;
    address private node = vm.addr(1);

    function setUp() public {
        token = new TestUSD();
        berth = deployCore(address(token), address(this));
        twin = deployCore(address(token), address(this));
        token.mint(address(this), 1e18);
        prepare(berth);
        prepare(twin);
    }

    /// @notice Any single change to what was signed, or to what it was signed for, and the line pays nothing.
    function testFuzz_invariant_7_aSignatureIsBoundToAllOfIt(uint256 seed, uint64 amount) public {
        openAll(berth, 0, 0);
        amount = uint64(bound(amount, 1, 100));
        bytes32 domain_ = domainOf(block.chainid, address(berth));
        bytes memory good = bytes.concat(abi.encodePacked(node, uint32(1), uint16(1)), lineUnder(domain_, 10, node, 1, amount));
        // any one bit but those of the count
        bytes memory bad = bytes.concat(good);
        uint256 bit = seed % (good.length * 8);
        if (bit / 8 == 24 || bit / 8 == 25) bit = 200 + 16;
        bad[bit / 8] = bytes1(uint8(bad[bit / 8]) ^ uint8(1 << (bit % 8)));
        berth.settle(bad);
        require(berth.tabs(vm.addr(10), node).spent == 0, "a changed line paid");
        // another chain, another contract, a signature over the same fields as another struct
        berth.settle(bytes.concat(abi.encodePacked(node, uint32(1), uint16(1)), lineUnder(domainOf(seed, address(berth)), 10, node, 1, amount)));
        berth.settle(bytes.concat(abi.encodePacked(node, uint32(1), uint16(1)), lineUnder(domainOf(block.chainid, address(twin)), 10, node, 1, amount)));
        require(berth.tabs(vm.addr(10), node).spent == 0, "a replayed line paid");
        // the same bytes after the chain's id changed: the separator is not cached
        vm.chainId(block.chainid + 1);
        berth.settle(good);
        require(berth.tabs(vm.addr(10), node).spent == 0, "a receipt paid on the other side of a chain split");
        vm.chainId(block.chainid - 1);
        berth.settle(good);
        require(berth.tabs(vm.addr(10), node).spent == amount, "the receipt itself did not pay");
    }

    /// @notice The loop in assembly and the word's own `pay` agree, over the whole range of 64 bits.
    function testFuzz_theLoopPaysWhatTheWordSays(uint64 deposit, uint64 first, uint64 second, uint16 feeBps) public {
        deposit = uint64(bound(deposit, 1, type(uint64).max));
        feeBps = uint16(bound(feeBps, 0, 500));
        berth.setFee(feeBps);
        token.mint(address(this), deposit);
        berth.deposit(deposit, address(this));
        open(berth, 77, deposit);
        uint256 before = berth.credits(address(this));
        TabWord word = TabWordLib.create(deposit, feeBps);
        uint256 paidInAll;
        uint256 feeInAll;
        uint64[2] memory amounts = [first, second];
        for (uint256 i; i < 2; ++i) {
            uint256 paid;
            uint256 fee;
            (word, paid, fee) = word.pay(amounts[i]);
            paidInAll += paid;
            feeInAll += fee;
            bytes memory line = lineUnder(domainOf(block.chainid, address(berth)), 77, node, 1, amounts[i]);
            berth.settle(bytes.concat(abi.encodePacked(node, uint32(1), uint16(1)), line));
        }
        TabView memory tab = berth.tabs(vm.addr(77), node);
        require(tab.spent == word.spent() && tab.deposit == deposit && tab.feeBps == feeBps, "the words differ");
        require(berth.credits(address(this)) - before == paidInAll - feeInAll, "the operator's part differs");
        require(berth.accruedFees() == feeInAll, "the fee differs");
        require(feeInAll == uint256(word.spent()) * feeBps / 10_000, "the fee is not that of the total");
    }

    /// @notice Whatever bytes come in: settle reverts with MalformedBatch or pays nothing that nobody signed.
    function testFuzz_garbageMovesNothing(bytes calldata garbage) public {
        openAll(berth, 0, 0);
        uint256 before = berth.credits(address(this));
        try berth.settle(garbage) {}
        catch (bytes memory reason) {
            require(bytes4(reason) == bytes4(keccak256("MalformedBatch(uint256)")), "not a named error");
        }
        require(berth.credits(address(this)) == before, "garbage moved credits");
    }

    function prepare(Berth core) private {
        token.approve(address(core), type(uint256).max);
        core.deposit(1e9, address(this));
        (bytes32 r, bytes32 vs) = signWith(1, domainOf(block.chainid, address(core)), registrationHash(address(this)));
        NodeProfile memory profile = NodeProfile(0, "", new string[](0), new address[](0), 0);
        core.registerNode(node, r, vs, profile, new Offer[](0));
    }

    function openAll(Berth core, uint16 feeBps, uint256 seed) private {
        core.setFee(feeBps);
        for (uint256 t; t < TABS; ++t) {
            open(core, 10 + t, uint64(100 + (seed >> t) % 2));
        }
    }

    function open(Berth core, uint256 key, uint64 amount) private {
        (bytes32 r, bytes32 vs) = signWith(key, domainOf(block.chainid, address(core)), consentHash(address(this), node));
        core.openTab(vm.addr(key), node, amount, r, vs);
    }
}
