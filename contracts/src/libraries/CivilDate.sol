// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title CivilDate
/// @notice UTC day numbers as people write them.
library CivilDate {
    /// @notice `2026-11-21` for day 20,778.
    /// @dev Howard Hinnant's civil_from_days, for days after 1970: years begin in March, so that a leap day is the last of one. Unchecked:
    /// all is far below 2^64.
    function iso(uint256 day) internal pure returns (string memory) {
        unchecked {
            uint256 z = day + 719_468;
            uint256 era = z / 146_097;
            uint256 ofEra = z - era * 146_097;
            uint256 yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
            uint256 ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            uint256 marchMonth = (5 * ofYear + 2) / 153;
            uint256 month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
            uint256 year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
            return string.concat(
                Strings.toString(year), "-", _two(month), "-", _two(ofYear - (153 * marchMonth + 2) / 5 + 1)
            );
        }
    }

    function _two(uint256 value) private pure returns (string memory) {
        return string.concat(value < 10 ? "0" : "", Strings.toString(value));
    }
}
