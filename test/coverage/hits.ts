/** EDR collects what is sent here, in calls, estimates and reverted transactions too (its own coverage uses the address the same way). */
const COLLECTOR = "0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE"

/**
 * Nobody may notice a hit but by its gas: the scratch word is put back, and so is what the last call returned, by having the identity
 * contract (4) return it once more. It needs memory for a moment: what lies behind the free pointer is nobody's.
 */
const SEND = `
        let __size := returndatasize()
        let __free := mload(0x40)
        returndatacopy(__free, 0, __size)
        let __word := mload(0)
        mstore(0, __id)
        pop(staticcall(gas(), ${COLLECTOR}, 0, 32, 0, 0))
        mstore(0, __word)
        if __size { pop(staticcall(gas(), 4, __free, __size, 0, 0)) }
`

/** What instrumented Solidity calls. A loop has three arms: a turn, its end after one, and not a single turn. */
export const SOLIDITY_HITS = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.0;

function __hit(uint256 __id) view {
    assembly ("memory-safe") {${SEND}    }
}

function __branch(uint256 id, bool value) view returns (bool) {
    __hit(value ? id : id + 1);
    return value;
}

function __loop(uint256 id, bool entered, bool value) view returns (bool) {
    __hit(value ? id : entered ? id + 1 : id + 2);
    return value;
}
`

/** The same for an assembly block, which can't call Solidity. */
export const YUL_HITS = `
    function __yhit(__id) {${SEND}    }
    function __ybranch(__id, __value) -> __same {
        __yhit(add(__id, iszero(__value)))
        __same := __value
    }
    function __yloop(__id, __entered, __value) -> __same {
        __yhit(add(__id, mul(iszero(__value), sub(2, __entered))))
        __same := __value
    }
`.replace(/\s*\n\s*/g, " ")
