// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ReservationView} from "../interfaces/IReservations.sol";
import {CivilDate} from "../libraries/CivilDate.sol";

/// @title ReservationPicture
/// @notice What a wallet or a marketplace shows of a reservation: JSON with a picture in it, all from the chain. Pure; a contract of its
/// own only because the other one has no room for it.
/// @dev Two templates, in which every @ is replaced by the next value: much smaller code than joining pieces. The class is text of a
/// stranger: it is made printable ASCII, then escaped for where it stands. Every other value is digits and letters.
contract ReservationPicture {
    using Strings for uint256;

    uint256 private constant CREDITS_PER_CENT = 10_000;
    uint256 private constant BAR = 392;
    bytes1 private constant SLOT = "@";

    /// @dev gpus, class, first day, last day, class, gpus, node, first day, last day, days, days served, price, owed, asked, picture
    string private constant JSON =
        '{"name":"@ x @, @ to @","description":"GPUs of a Berth node, reserved and prepaid. Whoever owns the token has them, and '
        'what lies in it: refunds and penalties of days that were not served.","attributes":[{"trait_type":"Class","value":"@"},'
        '{"trait_type":"GPUs","value":"@"},{"trait_type":"Node","value":"@"},{"trait_type":"First day","value":"@"},'
        '{"trait_type":"Last day","value":"@"},{"trait_type":"Days","value":"@"},{"trait_type":"Days served","value":"@"},'
        '{"trait_type":"Price a day","value":"@"},{"trait_type":"Refunds in the token","value":"@"},'
        '{"trait_type":"Refunds asked for","value":"@"}],"image":"data:image/svg+xml;base64,@"}';

    /// @dev size of the class, class, gpus, node, first day, last day, asked, owed, days served, days, width of the bar
    string private constant SVG =
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 270"><style>text{font:13px ui-monospace,Menlo,Consolas,monospace;'
        'fill:#8fa3bf}.v{fill:#eaf1fb}.r{text-anchor:end}</style><defs><linearGradient id="s" x2="1" y2="1"><stop stop-color="#0b1626"/>'
        '<stop offset="1" stop-color="#12324a"/></linearGradient><linearGradient id="p"><stop stop-color="#19c3a6"/><stop offset="1" '
        'stop-color="#7be495"/></linearGradient></defs><rect width="440" height="270" rx="18" fill="url(#s)"/><path d="M0 236q55-16 110 '
        '0t110 0 110 0 110 0v16q0 18-18 18H18q-18 0-18-18z" fill="#19c3a6" opacity=".14"/><text x="24" y="38" style="font-weight:700;'
        'letter-spacing:4px;fill:#19c3a6">BERTH</text><text x="416" y="38" class="r">reservation</text><text x="24" y="84" class="v" '
        'style="font-size:@px">@</text><text x="24" y="116">GPUs</text><text x="416" y="116" class="v r">@</text><text x="24" y="138">'
        'node</text><text x="416" y="138" class="v r">@</text><text x="24" y="160">term</text><text x="416" y="160" class="v r">@ to @'
        '</text><text x="24" y="182">in the token@</text><text x="416" y="182" class="v r">@</text><text x="24" y="204">days served'
        '</text><text x="416" y="204" class="v r">@ of @</text><rect x="24" y="216" width="392" height="10" rx="5" fill="#fff" '
        'opacity=".12"/><rect x="24" y="216" width="@" height="10" rx="5" fill="url(#p)"/></svg>';

    /// @notice `data:application/json;base64,...` of a reservation (of nothing: panics). Anyone; moves nothing; no errors.
    function uri(ReservationView calldata reservation) external pure returns (string memory) {
        string memory class = _printable(reservation.class);
        string memory escaped = _escaped(class, false);
        string[] memory values = new string[](15);
        values[0] = uint256(reservation.gpus).toString();
        values[1] = escaped;
        values[2] = CivilDate.iso(reservation.startDay);
        values[3] = CivilDate.iso(reservation.endDay - 1);
        values[4] = escaped;
        values[5] = values[0];
        values[6] = Strings.toHexString(reservation.node);
        values[7] = values[2];
        values[8] = values[3];
        values[9] = uint256(reservation.term).toString();
        values[10] = _served(reservation);
        values[11] = _usd(reservation.pricePerDay);
        values[12] = _usd(reservation.owed);
        values[13] = reservation.refundAskedAt == 0 ? "no" : "yes";
        values[14] = Base64.encode(bytes(_svg(reservation, class, values)));
        return string.concat("data:application/json;base64,", Base64.encode(bytes(_fill(JSON, values))));
    }

    function _svg(ReservationView calldata reservation, string memory class, string[] memory shown)
        private
        pure
        returns (string memory)
    {
        uint256 length = bytes(class).length;
        // Of the days bought: what was paid can't be more, however early the term ended.
        uint256 all = uint256(reservation.term) * reservation.pricePerDay;
        string[] memory values = new string[](11);
        // A class of 64 bytes still fits the width.
        values[0] = (length > 24 ? 650 / length : 27).toString();
        values[1] = _escaped(class, true);
        values[2] = shown[0];
        values[3] = shown[6];
        values[4] = shown[2];
        values[5] = shown[3];
        values[6] = reservation.refundAskedAt == 0 ? "" : ", asked for";
        values[7] = shown[12];
        values[8] = shown[10];
        values[9] = shown[9];
        values[10] = (BAR * reservation.earned / all).toString();
        return _fill(SVG, values);
    }

    /// @dev Days' worth of what was paid for service, in tenths.
    function _served(ReservationView calldata reservation) private pure returns (string memory) {
        uint256 tenths = uint256(reservation.earned) * 10 / reservation.pricePerDay;
        return string.concat((tenths / 10).toString(), ".", (tenths % 10).toString());
    }

    /// @dev In dollars, rounded down to the cent.
    function _usd(uint256 credits) private pure returns (string memory) {
        uint256 cents = credits / CREDITS_PER_CENT;
        return string.concat("$", (cents / 100).toString(), ".", (cents % 100 / 10).toString(), (cents % 10).toString());
    }

    function _printable(string calldata text) private pure returns (string memory) {
        bytes memory out = bytes(text);
        for (uint256 i; i < out.length; ++i) {
            if (out[i] < 0x20 || out[i] > 0x7e) out[i] = "?";
        }
        return string(out);
    }

    /// @dev For an XML text: a character reference for what XML could read. For a JSON string: a backslash before quote and backslash.
    function _escaped(string memory text, bool xml) private pure returns (string memory out) {
        bytes memory raw = bytes(text);
        for (uint256 i; i < raw.length; ++i) {
            bytes1 char = raw[i];
            string memory piece = string(abi.encodePacked(char));
            if (xml && (char == "&" || char == "<" || char == ">" || char == '"' || char == "'")) {
                piece = string.concat("&#", uint256(uint8(char)).toString(), ";");
            } else if (!xml && (char == '"' || char == "\\")) {
                piece = string.concat("\\", piece);
            }
            out = string.concat(out, piece);
        }
    }

    /// @dev `template` with every slot replaced by the next of `values`, of which there are as many.
    function _fill(string memory template, string[] memory values) private pure returns (string memory) {
        bytes memory raw = bytes(template);
        uint256 length = raw.length - values.length;
        for (uint256 i; i < values.length; ++i) {
            length += bytes(values[i]).length;
        }
        bytes memory out = new bytes(length);
        (uint256 to, uint256 next) = (0, 0);
        for (uint256 i; i < raw.length; ++i) {
            if (raw[i] != SLOT) {
                out[to++] = raw[i];
                continue;
            }
            bytes memory value = bytes(values[next++]);
            for (uint256 k; k < value.length; ++k) {
                out[to++] = value[k];
            }
        }
        return string(out);
    }
}
