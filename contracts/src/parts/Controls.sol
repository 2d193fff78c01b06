// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IControls} from "../interfaces/IControls.sol";

/// @title Controls
/// @notice The owner's settings. They reach only what starts after them: new deposits, tabs and reservations.
abstract contract Controls is IControls, Ownable2Step {
    /// @inheritdoc IControls
    uint16 public constant MAX_FEE_BPS = 500;

    /// @inheritdoc IControls
    uint16 public feeBps;
    /// @inheritdoc IControls
    bool public paused;

    modifier whenNotPaused() {
        require(!paused, IsPaused());
        _;
    }

    /// @inheritdoc IControls
    function setFee(uint16 bps) external onlyOwner {
        require(bps <= MAX_FEE_BPS, FeeAboveCap(bps, MAX_FEE_BPS));
        feeBps = bps;
        emit FeeSet(bps);
    }

    /// @inheritdoc IControls
    function setPaused(bool value) external onlyOwner {
        paused = value;
        emit PausedSet(value);
    }
}
