// Traps of quorums and attestations.
import { eitherForm } from "./literals.ts"
import type { NamedMutant } from "./named.ts"

const FILE = "Verifiers.sol"
const SIGNED = "require(_recover(structHash, signature.r, signature.vs) == member, NotSignedByMember(i, member));"
const TWICE = "a duplicated member's signature counts once"
const BOUND = "a signature of another day, root, chain, contract or struct counts for nothing"

export const VERIFIERS: NamedMutant[] = [
  {
    trap: "signatures are counted, not members",
    file: FILE,
    edits: [["require(next == count && bitmap >> size == 0,", "require(bitmap >> size == 0,"]],
    title: TWICE,
    fails: "'BadMemberBitmap', but it didn't revert",
  },
  {
    trap: "a member stands in its set twice",
    file: FILE,
    edits: [["require(members[i] > last,", "require(members[i] >= last && members[i] != address(0),"]],
    title: TWICE,
    fails: "'MembersNotAscending', but it didn't revert",
  },
  {
    trap: "one fewer than the threshold is enough",
    file: FILE,
    edits: [["count >= needed", "count + 1 >= needed"]],
    title: "k - 1 signatures are no quorum, nor with an empty one beside them",
    fails: "'NoQuorum', but it didn't revert",
  },
  {
    trap: "a set that was replaced still attests",
    file: FILE,
    edits: [["uint16 id = latestSet;", "uint16 id = 1;"]],
    title: "a signature of another set's member counts in that set only",
    fails: "'NotSignedByMember', but it didn't revert",
  },
  {
    trap: "what was signed for a day is the next day's too",
    file: FILE,
    edits: [["abi.encode(ATTESTATION_TYPEHASH, day, root)", "abi.encode(ATTESTATION_TYPEHASH, day - 1, root)"]],
    title: BOUND,
    fails: "'NotSignedByMember', but it didn't revert",
  },
  {
    trap: "members sign for a chain id, but not for this chain's",
    file: "parts/Domain.sol",
    edits: [["block.chainid, _core()", "address(this) == _core() ? block.chainid : 1, _core()"]],
    title: BOUND,
    fails: "'NotSignedByMember', but it didn't revert",
  },
  {
    trap: "members sign for another contract than the core",
    file: FILE,
    edits: [["        return core;\n", "        return address(this);\n"]],
    title: BOUND,
    fails: "'NotSignedByMember', but it didn't revert",
  },
  {
    trap: "a member's signature has two forms",
    file: FILE,
    edits: [[SIGNED, `require(${eitherForm("structHash", "signature.r", "signature.vs", "member")}, NotSignedByMember(i, member));`]],
    title: "a malleable signature (high s) is refused",
    fails: "'NotSignedByMember', but it didn't revert",
  },
  {
    trap: "any member's signature for any bit",
    file: FILE,
    edits: [
      [
        SIGNED,
        "address by = _recover(structHash, signature.r, signature.vs);\n            bool known;\n            for (uint256 k; k < size; ++k) if (set.members[k] == by) known = true;\n            require(known, NotSignedByMember(i, member));",
      ],
    ],
    title: "a reorganised bitmap: signatures stand in the members' order, and the bits say whose they are",
    fails: "'NotSignedByMember', but it didn't revert",
  },
  {
    trap: "an attestation without an end",
    file: FILE,
    edits: [["if (leaf == 0 || block.timestamp >= attestation.expiresAt) return false;", "if (leaf == 0) return false;"]],
    title: "an expired attestation says nothing, and can't be renewed",
    fails: "expected true to equal false",
  },
  {
    trap: "a second root in the place of the first",
    file: FILE,
    edits: [["require(attestation.set == 0, AlreadyAttested(day, attestation.root));", ""]],
    title: "a second root for a day is refused, by the same set and by a later one",
    fails: "'AlreadyAttested', but it didn't revert",
  },
  {
    trap: "the end of a day is counted in 32 bits",
    file: FILE,
    edits: [["(uint256(day) + 1) * 1 days", "(day + 1) * 1 days"]],
    title: "a day far away overflows nothing",
    fails: "panic code 0x11",
  },
  {
    trap: "without an owner, everybody is",
    file: FILE,
    edits: [["msg.sender == Ownable(core).owner()", "msg.sender == Ownable(core).owner() || Ownable(core).owner() == address(0)"]],
    title: "an owner that has renounced adds no set",
    fails: "'NotOwner', but it didn't revert",
  },
  {
    trap: "padding is proved as a leaf",
    file: FILE,
    edits: [["leaf == 0 || ", ""]],
    title: "given an attestation, when the leaf is not under its root or elsewhere, or zero as padding is: it should say no",
    fails: "expected true to equal false",
  },
]
