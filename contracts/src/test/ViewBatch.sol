// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Asks many views in one call, for tests that compare everything after every day.
contract ViewBatch {
    struct Question {
        address to;
        bytes data;
    }

    struct Answer {
        bool success;
        bytes data;
    }

    /// @notice The answers, and the time they were given at.
    function ask(Question[] calldata questions) external view returns (uint256 time, Answer[] memory answers) {
        time = block.timestamp;
        answers = new Answer[](questions.length);
        for (uint256 i; i < questions.length; ++i) {
            (answers[i].success, answers[i].data) = questions[i].to.staticcall(questions[i].data);
        }
    }
}
