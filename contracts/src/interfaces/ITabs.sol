// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice None: never opened. Open: also while a close is requested. Closed: for ever, the slot can't be opened again.
enum TabState {
    None,
    Open,
    Closed
}

/// @notice A tab as `tabs` shows it.
/// @param tenant who opened it and gets the rest
/// @param deposit all that was ever put in, credits; once closed, less what was returned, that is `spent`
/// @param spent all that was ever paid out to the operator (and fee), credits
/// @param closeRequestedAt unix seconds, 0 if no close is requested
/// @param feeBps the part of `spent` that is the fee, fixed at opening, basis points
struct TabView {
    address tenant;
    uint64 deposit;
    uint64 spent;
    uint40 closeRequestedAt;
    uint16 feeBps;
    TabState state;
}

/// @title ITabs
/// @notice Pay-as-you-go escrow between a tenant and a node, found by (signer, node). The signer is a fresh ECDSA key that the tenant
/// names; it is fixed for the tab's life and countersigns what may be paid.
interface ITabs {
    event TabOpened(address indexed tenant, address indexed signer, address indexed node, uint64 amount, uint16 feeBps);
    /// @notice `amount` was added; the tab's deposit is now `deposit`.
    event TabToppedUp(address indexed tenant, address indexed signer, address indexed node, uint64 amount, uint64 deposit);
    /// @notice Receipts still settle; from `closesAt` (unix seconds) anyone may finish the close.
    event CloseRequested(address indexed tenant, address indexed signer, address indexed node, uint64 closesAt);
    /// @notice The tab is over. `paid` went to the operator in this very call (fee included), `returned` to the tenant's credits.
    event TabClosed(address indexed tenant, address indexed signer, address indexed node, uint64 paid, uint64 returned);

    /// @notice Signer 0 is what a broken signature recovers to.
    error ZeroSigner();
    /// @notice The slot was opened before. A slot opens once ever.
    error TabExists(address signer, address node);
    error TabNotOpen(address signer, address node);
    error NotTenant(address signer, address node, address caller);
    /// @notice `signer` did not sign `TabConsent(caller, node)` for this chain and contract.
    error NotSignedBySigner(address signer);
    /// @notice The deposit would not fit its 64 bits.
    error DepositTooLarge(uint256 deposit);
    /// @notice A close was requested; that can't be taken back, and a closing tab takes no more credits.
    error TabIsClosing(address signer, address node);
    error CloseNotRequested(address signer, address node);
    /// @notice Receipts may still come until `closesAt`.
    error ChallengePeriodRunning(uint64 closesAt);
    error SignatureExpired(uint64 deadline);
    /// @notice The node signed `amount` as the final one, yet `spent` was paid since: the signature is from before that work.
    error CloseBelowSpent(uint64 amount, uint64 spent);

    /// @notice Seconds between a close request and the earliest `finishClose`, in which receipts still settle: 72 hours.
    /// @dev Anyone; moves nothing; no errors.
    function CHALLENGE_PERIOD() external view returns (uint64);

    /// @notice The tab of (`signer`, `node`), all zero if never opened. A closed tab still shows whose it was and what it paid.
    /// @dev Anyone; moves nothing; no errors.
    function tabs(address signer, address node) external view returns (TabView memory);

    /// @notice Opens the tab (`signer`, `node`) of the caller with `amount` of the caller's credits.
    /// @dev Anyone, as the tenant, with the signer's `TabConsent(tenant, node)`. Moves the caller's credits into the tab. Errors:
    /// `IsPaused`, `ZeroSigner`, `ZeroAmount`, `NodeNotRegistered`, `NodeIsRetired`, `TabExists`, `NotSignedBySigner`,
    /// `InsufficientCredits`.
    function openTab(address signer, address node, uint64 amount, bytes32 r, bytes32 vs) external;

    /// @notice Adds `amount` of the caller's credits. Can't be paused: a running tab stays usable, at a retired node as well.
    /// @dev The tab's tenant. Moves the caller's credits into the tab. Errors: `ZeroAmount`, `TabNotOpen`, `NotTenant`, `TabIsClosing`,
    /// `DepositTooLarge`, `InsufficientCredits`.
    function topUp(address signer, address node, uint64 amount) external;

    /// @notice Starts the challenge period. Can't be taken back, nor repeated.
    /// @dev The tab's tenant. Moves nothing. Errors: `TabNotOpen`, `NotTenant`, `TabIsClosing`.
    function requestClose(address signer, address node) external;

    /// @notice Closes after the challenge period: the rest of the deposit goes back to the tenant's credits. Until somebody calls
    /// this, receipts settle.
    /// @dev Anyone; the caller gains nothing. Moves what is left in the tab to its tenant's credits. Errors: `TabNotOpen`,
    /// `CloseNotRequested`, `ChallengePeriodRunning`.
    function finishClose(address signer, address node) external;

    /// @notice Closes at once by agreement: pays the operator up to `amount` (cumulative, as in a receipt; at most the deposit), then
    /// returns the rest to the tenant's credits.
    /// @dev The tab's tenant, with the node's `TabClose(signer, node, amount, deadline)`. Moves what is due out of the tab to the
    /// operator's credits and the fees, the rest to the tenant's credits. Errors: `SignatureExpired`, `TabNotOpen`, `NotTenant`,
    /// `NotSignedByNode`, `CloseBelowSpent`.
    function closeTab(address signer, address node, uint64 amount, uint64 deadline, bytes32 r, bytes32 vs) external;
}
