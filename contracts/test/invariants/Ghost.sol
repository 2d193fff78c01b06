// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Berth} from "../../src/Berth.sol";
import {Reservations} from "../../src/Reservations.sol";
import {MoodyBuyer, HostileUSD} from "./Hostile.sol";
import {Signing} from "./Signing.sol";
import {deployCore, vm} from "./Vm.sol";

/// @notice What the system should hold, kept by the handler from the calls it made and never read from the contract.
abstract contract Ghost is Signing {
    struct TabGhost {
        address tenant;
        uint256 signerKey;
        uint256 node;
        uint256 deposit;
        uint256 spent;
        uint256 allowed; // the highest amount that the signer signed, or that the tenant closed with
        uint256 returned;
        uint256 feeBps;
        uint256 closeRequestedAt;
        bool closed;
    }

    struct SetGhost {
        uint256 threshold;
        uint256 count;
    }

    uint256 internal constant TENANTS = 4;
    uint256 internal constant NODES = 5;
    uint256 internal constant VERIFIERS = 5;

    Berth public berth;
    Reservations public reservations;
    HostileUSD public token;
    MoodyBuyer internal receiver;
    address internal market = address(0x3A11);
    address internal owner = address(0xABCD);

    /// @dev Accounts: 0..3 tenants, 4..5 operators, 6 the first owner, 7 a stranger, 8 a contract that buys tokens, 9 the
    /// reserve itself. Nodes 0..1 belong to operator 4, the others to 5.
    uint256[] internal accountKeys;
    address[] public accounts;
    uint256[] internal nodeKeys;
    address[] internal nodes;
    uint256[] internal verifierKeys;
    SetGhost[] internal ghostSets;
    bool[NODES] internal registered;
    bool[NODES] internal retired;

    mapping(address => uint256) public ghostCredits;
    uint256 public ghostFees;
    uint256 public ghostGifts;
    uint256 public ghostModuleGifts;
    uint256 internal ghostFeeBps;
    bool internal ghostPaused;
    TabGhost[] internal ghostTabs;
    mapping(uint256 signerKey => mapping(uint256 node => bool)) internal openedOnce;

    constructor() {
        token = new HostileUSD();
        berth = deployCore(address(token), owner);
        reservations = Reservations(berth.reservations());
        receiver = new MoodyBuyer(agentOf(agentKey(1)));
        domain = domainOf(block.chainid, address(berth));
        for (uint256 i; i < 6; ++i) {
            accountKeys.push(uint256(keccak256(abi.encode("account", i))));
            accounts.push(vm.addr(accountKeys[i]));
        }
        accounts.push(owner);
        accounts.push(address(0x57A));
        accounts.push(address(receiver));
        accounts.push(address(token));
        addVerifiers();
        for (uint256 i; i < NODES; ++i) {
            nodeKeys.push(uint256(keccak256(abi.encode("node", i))));
            nodes.push(vm.addr(nodeKeys[i]));
        }
        for (uint256 i; i < accounts.length; ++i) {
            token.mint(accounts[i], 1e15);
            vm.prank(accounts[i]);
            token.approve(address(berth), type(uint256).max);
        }
    }

    /// @dev In ascending order of their addresses, as sets must be.
    function addVerifiers() private {
        for (uint256 n; verifierKeys.length < VERIFIERS; ++n) {
            uint256 key = uint256(keccak256(abi.encode("verifier", n)));
            uint256 last = verifierKeys.length;
            if (last == 0 || vm.addr(key) > vm.addr(verifierKeys[last - 1])) verifierKeys.push(key);
        }
    }

    function agentKey(uint256 n) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("agent", n)));
    }

    function agentOf(uint256 key) internal pure returns (address) {
        return vm.addr(key);
    }

    function accountCount() external view returns (uint256) {
        return accounts.length;
    }

    function operatorOf(uint256 node) internal view returns (address) {
        return accounts[node < 2 ? 4 : 5];
    }

    function tabCount() external view returns (uint256) {
        return ghostTabs.length;
    }

    function ghostTab(uint256 i) external view returns (TabGhost memory, address signer, address node) {
        return (ghostTabs[i], vm.addr(ghostTabs[i].signerKey), nodes[ghostTabs[i].node]);
    }

    function inTabs() public view returns (uint256 sum) {
        for (uint256 i; i < ghostTabs.length; ++i) {
            sum += ghostTabs[i].deposit - ghostTabs[i].spent - ghostTabs[i].returned;
        }
    }

    /// @dev The whole rule of payment: cumulative, at most the deposit, fee on the cumulative total rounded down.
    function ghostPay(uint256 i, uint256 amount) internal returns (uint256 paid) {
        TabGhost storage tab = ghostTabs[i];
        if (amount > tab.allowed) tab.allowed = amount;
        if (tab.closed) return 0;
        uint256 reach = amount < tab.deposit ? amount : tab.deposit;
        if (reach <= tab.spent) return 0;
        paid = reach - tab.spent;
        uint256 fee = (reach * tab.feeBps) / 10_000 - (tab.spent * tab.feeBps) / 10_000;
        tab.spent = reach;
        ghostFees += fee;
        ghostCredits[operatorOf(tab.node)] += paid - fee;
    }

    function ghostClose(uint256 i) internal {
        TabGhost storage tab = ghostTabs[i];
        tab.closed = true;
        tab.returned = tab.deposit - tab.spent;
        ghostCredits[tab.tenant] += tab.returned;
    }
}
