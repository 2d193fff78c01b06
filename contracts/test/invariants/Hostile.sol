// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestUSD} from "../../src/dev/TestUSD.sol";
import {IReservations} from "../../src/interfaces/IReservations.sol";

interface Tokens {
    function transferFrom(address from, address to, uint256 id) external;
}

/// @notice A reserve that can turn on its users: it calls back in the middle of a transfer, or keeps a part of it.
contract HostileUSD is TestUSD {
    address private _target;
    bytes private _call;
    bool private _taxed;
    /// @notice How many calls back went through.
    uint256 public entered;

    /// @notice At the next transfer, calls `target` with `data` from its own account, and keeps a hundredth if `taxed`.
    function arm(address target, bytes calldata data, bool taxed) external {
        (_target, _call, _taxed) = (target, data, taxed);
    }

    function _update(address from, address to, uint256 value) internal override {
        (bytes memory data, bool taxed) = (_call, _taxed);
        (_call, _taxed) = ("", false);
        uint256 tax = taxed ? value / 100 : 0;
        super._update(from, to, value - tax);
        if (tax != 0) super._update(from, address(0), tax);
        if (data.length == 0) return;
        (bool success,) = _target.call(data);
        if (success) ++entered;
    }
}

/// @notice A buyer that is a contract, and acts while it is being told that it has bought.
contract MoodyBuyer {
    enum Mood {
        Keep,
        Refuse,
        PassOn,
        Cancel,
        Sign
    }

    Mood private _mood;
    address private _next;
    address private immutable _agent;

    constructor(address agent) {
        _agent = agent;
    }

    function arm(Mood mood, address next) external {
        (_mood, _next) = (mood, next);
    }

    function onERC721Received(address, address, uint256 id, bytes calldata) external returns (bytes4) {
        require(_mood != Mood.Refuse);
        if (_mood == Mood.PassOn) Tokens(msg.sender).transferFrom(address(this), _next, id);
        if (_mood == Mood.Cancel) IReservations(msg.sender).cancel(id);
        if (_mood == Mood.Sign) IReservations(msg.sender).setSigner(id, _agent);
        return this.onERC721Received.selector;
    }
}
