// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestUSD} from "../../src/dev/TestUSD.sol";
import {IReservations} from "../../src/interfaces/IReservations.sol";

interface Tokens {
    function transferFrom(address from, address to, uint256 id) external;
}

/// @notice A reserve that can turn on its users: it calls somebody in the middle of a transfer or a permit, or keeps a part.
contract HostileUSD is TestUSD {
    address private _target;
    bytes private _call;
    bool private _atPermit;
    bool private _taxed;

    /// @notice At the next transfer, or at the next permit, calls `target` with `data`, if there is any.
    function arm(address target, bytes calldata data, bool atPermit) external {
        (_target, _call, _atPermit) = (target, data, atPermit);
    }

    /// @notice Whether the next transfer keeps a hundredth.
    function tax(bool value) external {
        _taxed = value;
    }

    function permit(address from, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) public override {
        super.permit(from, spender, value, deadline, v, r, s);
        if (_atPermit) callOut();
    }

    function _update(address from, address to, uint256 value) internal override {
        uint256 kept = _taxed ? value / 100 : 0;
        _taxed = false;
        super._update(from, to, value - kept);
        if (kept != 0) super._update(from, address(0), kept);
        if (!_atPermit) callOut();
    }

    function callOut() private {
        bytes memory data = _call;
        if (data.length == 0) return;
        _call = "";
        (bool success,) = _target.call(data);
        require(success, "who was called fell over");
    }
}

/// @notice A buyer that is a contract, and acts while it is being told that it has bought.
contract MoodyBuyer {
    enum Mood {
        Keep,
        Refuse,
        PassOn,
        Cancel,
        Sign,
        Tell
    }

    Mood private _mood;
    address private _next;
    bytes private _call;
    address private immutable _agent;

    constructor(address agent) {
        _agent = agent;
    }

    function arm(Mood mood, address next) external {
        (_mood, _next) = (mood, next);
    }

    /// @notice The next time, calls `target` with `data`.
    function armCall(address target, bytes calldata data) external {
        (_mood, _next, _call) = (Mood.Tell, target, data);
    }

    function onERC721Received(address, address, uint256 id, bytes calldata) external returns (bytes4) {
        require(_mood != Mood.Refuse);
        if (_mood == Mood.PassOn) Tokens(msg.sender).transferFrom(address(this), _next, id);
        if (_mood == Mood.Cancel) IReservations(msg.sender).cancel(id);
        if (_mood == Mood.Sign) IReservations(msg.sender).setSigner(id, _agent);
        if (_mood == Mood.Tell) {
            _mood = Mood.Keep;
            bool success = _call.length == 0;
            if (!success) (success,) = _next.call(_call);
            require(success, "who was called fell over");
        }
        return this.onERC721Received.selector;
    }
}
