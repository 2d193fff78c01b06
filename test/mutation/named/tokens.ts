// Traps of tokens and of who calls in the middle of a call.
import { TENANT } from "./literals.ts"
import type { NamedMutant } from "./named.ts"

// A token that calls back goes on calling back from within, until something else stops it: credits or an allowance that it has not. How much a
// re-entry would have brought is what invariant 1 shows, with a token that calls back once.
const ESCROW = "parts/CreditEscrow.sol"

export const TOKENS: NamedMutant[] = [
  {
    trap: "a permit that somebody has sent already stops the deposit",
    file: ESCROW,
    edits: [
      [
        "try IERC20Permit(address(reserve)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}",
        "IERC20Permit(address(reserve)).permit(msg.sender, address(this), amount, deadline, v, r, s);",
      ],
    ],
    title: "a permit that was front-run is no error",
    fails: "ERC2612InvalidSigner",
  },
  {
    trap: "who sends a permit says whose deposit it is",
    file: ESCROW,
    edits: [
      ["permit(msg.sender, address(this)", `permit(${TENANT}, address(this)`],
      ["safeTransferFrom(msg.sender,", `safeTransferFrom(msg.sig == this.depositWithPermit.selector ? ${TENANT} : msg.sender,`],
    ],
    title: "a permit redirected by somebody else moves nothing",
    fails: "'ERC20InsufficientAllowance', but it didn't revert",
  },
  {
    trap: "re-entry into a deposit",
    file: ESCROW,
    edits: [
      ["function deposit(uint256 amount, address to) external nonReentrant {", "function deposit(uint256 amount, address to) external {"],
    ],
    title: "re-entry through a token's callback is refused, and nothing is counted twice",
    fails: "'ReentrancyGuardReentrantCall', but it reverted with a different custom error",
  },
  {
    trap: "re-entry into a deposit by permit",
    file: ESCROW,
    edits: [["uint8 v, bytes32 r, bytes32 s) external nonReentrant {", "uint8 v, bytes32 r, bytes32 s) external {"]],
    title: "re-entry through a token's callback is refused, and nothing is counted twice",
    fails: "'ReentrancyGuardReentrantCall', but it reverted with a different custom error",
  },
  {
    trap: "re-entry into a withdrawal",
    file: ESCROW,
    edits: [
      ["function withdraw(uint256 amount, address to) external nonReentrant {", "function withdraw(uint256 amount, address to) external {"],
    ],
    title: "re-entry through a token's callback is refused, and nothing is counted twice",
    fails: "'ReentrancyGuardReentrantCall', but it reverted with custom error 'InsufficientCredits'",
  },
  {
    trap: "re-entry while fees are withdrawn",
    file: ESCROW,
    edits: [["external onlyOwner nonReentrant {", "external onlyOwner {"]],
    title: "re-entry while fees are withdrawn is refused as well",
    fails: "'ReentrancyGuardReentrantCall', but it reverted with custom error 'InsufficientCredits'",
  },
  {
    trap: "re-entry into the fees from within a withdrawal",
    file: ESCROW,
    edits: [["external onlyOwner nonReentrant {", "external onlyOwner {"]],
    title: "an owner who is the token itself cannot take the fees from within a withdrawal",
    fails: "'ReentrancyGuardReentrantCall', but it reverted with custom error 'ZeroAmount'",
  },
  {
    trap: "what was asked for is credited, not what arrived",
    file: ESCROW,
    edits: [["_credit(to, arrived);", "_credit(to, amount);"]],
    title: "a token that takes a fee is credited with what arrived",
    fails: "expected 1000 to equal 990",
  },
  {
    trap: "a token that says no is believed to have paid",
    file: ESCROW,
    edits: [
      ["reserve.safeTransferFrom(", "reserve.transferFrom("],
      ["require(arrived != 0, ZeroAmount());\n        _credit(to, arrived);", "_credit(to, amount);"],
    ],
    title: "a token that returns false credits nothing",
    fails: "'SafeERC20FailedOperation', but it didn't revert",
  },
  {
    trap: "a token that says nothing is refused",
    file: ESCROW,
    edits: [["reserve.safeTransferFrom(", "reserve.transferFrom("]],
    title: "a token that returns nothing works both ways",
    fails: "Transaction reverted without a reason string",
  },
  {
    trap: "msg.value, counted once in each call of a multicall",
    file: "Berth.sol",
    edits: [
      [
        "    /// @inheritdoc IReservationCredits\n",
        "    function depositValue() external payable {\n        _credit(msg.sender, msg.value);\n    }\n\n    /// @inheritdoc IReservationCredits\n",
      ],
    ],
    title: "msg.value in multicall: no function takes any",
    fails: "expected [",
  },
]
