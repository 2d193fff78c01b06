// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITabs, TabState, TabView} from "../interfaces/ITabs.sol";
import {TabWord, TabWordLib} from "../libraries/TabWord.sol";
import {CreditEscrow} from "./CreditEscrow.sol";
import {NodeRegistry} from "./NodeRegistry.sol";

/// @title Tabs
/// @notice Opening, topping up and closing. Nothing here calls another contract: only credits move.
abstract contract Tabs is ITabs, CreditEscrow, NodeRegistry {
    /// @dev `word` is all that settlement touches; `tenant` is read only by the tenant's own calls and by closing.
    struct Tab {
        TabWord word;
        address tenant;
    }

    /// @inheritdoc ITabs
    uint64 public constant CHALLENGE_PERIOD = 72 hours;

    bytes32 private constant CONSENT_TYPEHASH = keccak256("TabConsent(address tenant,address node)");
    bytes32 private constant CLOSE_TYPEHASH = keccak256("TabClose(address signer,address node,uint64 amount,uint64 deadline)");

    /// @dev By node first: a settlement group shares the outer hash.
    mapping(address node => mapping(address signer => Tab)) internal _tabs;

    /// @inheritdoc ITabs
    function tabs(address signer, address node) external view returns (TabView memory) {
        Tab storage tab = _tabs[node][signer];
        TabWord word = tab.word;
        return TabView({
            tenant: tab.tenant,
            deposit: word.deposit(),
            spent: word.spent(),
            closeRequestedAt: word.closeRequestedAt(),
            feeBps: word.feeBps(),
            state: word.state()
        });
    }

    /// @inheritdoc ITabs
    function openTab(address signer, address node, uint64 amount, bytes32 r, bytes32 vs) external {
        _open(signer, node, amount, r, vs);
    }

    /// @inheritdoc ITabs
    function topUp(address signer, address node, uint64 amount) external {
        require(amount != 0, ZeroAmount());
        (Tab storage tab, TabWord word) = _openTabOf(msg.sender, signer, node);
        require(word.closeRequestedAt() == 0, TabIsClosing(signer, node));
        uint256 total = uint256(word.deposit()) + amount;
        require(total <= type(uint64).max, DepositTooLarge(total));
        _debit(msg.sender, amount);
        tab.word = word.withDeposit(uint64(total));
        emit TabToppedUp(msg.sender, signer, node, amount, uint64(total));
    }

    /// @inheritdoc ITabs
    function requestClose(address signer, address node) external {
        (Tab storage tab, TabWord word) = _openTabOf(msg.sender, signer, node);
        require(word.closeRequestedAt() == 0, TabIsClosing(signer, node));
        tab.word = word.withCloseRequestedAt(uint40(block.timestamp));
        emit CloseRequested(msg.sender, signer, node, uint64(block.timestamp) + CHALLENGE_PERIOD);
    }

    /// @inheritdoc ITabs
    function finishClose(address signer, address node) external {
        Tab storage tab = _tabs[node][signer];
        TabWord word = tab.word;
        require(word.state() == TabState.Open, TabNotOpen(signer, node));
        uint64 requestedAt = word.closeRequestedAt();
        require(requestedAt != 0, CloseNotRequested(signer, node));
        uint64 closesAt = requestedAt + CHALLENGE_PERIOD;
        require(block.timestamp >= closesAt, ChallengePeriodRunning(closesAt));
        _close(tab, word, signer, node, 0);
    }

    /// @inheritdoc ITabs
    function closeTab(address signer, address node, uint64 amount, uint64 deadline, bytes32 r, bytes32 vs) external {
        require(block.timestamp <= deadline, SignatureExpired(deadline));
        (Tab storage tab, TabWord word) = _openTabOf(msg.sender, signer, node);
        bytes32 close = keccak256(abi.encode(CLOSE_TYPEHASH, signer, node, amount, deadline));
        require(_recover(close, r, vs) == node, NotSignedByNode(node));
        // Signed before more work was paid: the node would lose what is not settled yet.
        require(amount >= word.spent(), CloseBelowSpent(amount, word.spent()));
        (TabWord next, uint256 paid, uint256 fee) = word.pay(amount);
        if (paid != 0) _payOperator(node, paid, fee);
        _close(tab, next, signer, node, paid);
    }

    /// @dev `openTab`, for the caller.
    function _open(address signer, address node, uint64 amount, bytes32 r, bytes32 vs) internal whenNotPaused {
        require(signer != address(0), ZeroSigner());
        require(amount != 0, ZeroAmount());
        _activeNode(node);
        Tab storage tab = _tabs[node][signer];
        require(tab.word.state() == TabState.None, TabExists(signer, node));
        bytes32 consent = keccak256(abi.encode(CONSENT_TYPEHASH, msg.sender, node));
        require(_recover(consent, r, vs) == signer, NotSignedBySigner(signer));
        _debit(msg.sender, amount);
        uint16 bps = feeBps;
        tab.word = TabWordLib.create(amount, bps);
        tab.tenant = msg.sender;
        emit TabOpened(msg.sender, signer, node, amount, bps);
    }

    /// @dev Gives the operator its part and keeps the fee. The operator is there: a tab opens only at a registered node, and an
    /// entry is never deleted.
    function _payOperator(address node, uint256 paid, uint256 fee) internal {
        _credit(_nodes[node].operator, paid - fee);
        if (fee != 0) accruedFees += fee;
    }

    function _close(Tab storage tab, TabWord word, address signer, address node, uint256 paid) private {
        uint64 returned = word.deposit() - word.spent();
        address tenant = tab.tenant;
        tab.word = word.withClosed();
        if (returned != 0) _credit(tenant, returned);
        emit TabClosed(tenant, signer, node, uint64(paid), returned);
    }

    function _openTabOf(address caller, address signer, address node) private view returns (Tab storage tab, TabWord word) {
        tab = _tabs[node][signer];
        word = tab.word;
        require(word.state() == TabState.Open, TabNotOpen(signer, node));
        require(tab.tenant == caller, NotTenant(signer, node, caller));
    }
}
