// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @notice The least that a marketplace does with a token it knows nothing of. `sell` leaves it with its owner, who approves this
/// contract (as Seaport's orders do); `consign` takes it in until it is sold. Nothing here knows Berth.
contract OrderBook {
    struct Order {
        address seller;
        uint256 price;
    }

    IERC20 private immutable _money;
    mapping(IERC721 collection => mapping(uint256 id => Order)) private _orders;

    constructor(IERC20 money) {
        _money = money;
    }

    function sell(IERC721 collection, uint256 id, uint256 price) public {
        require(collection.ownerOf(id) == msg.sender);
        _orders[collection][id] = Order({seller: msg.sender, price: price});
    }

    function consign(IERC721 collection, uint256 id, uint256 price) external {
        sell(collection, id, price);
        collection.transferFrom(msg.sender, address(this), id);
    }

    function buy(IERC721 collection, uint256 id) external {
        Order memory order = _orders[collection][id];
        require(order.seller != address(0));
        delete _orders[collection][id];
        require(_money.transferFrom(msg.sender, order.seller, order.price));
        collection.transferFrom(collection.ownerOf(id), msg.sender, id);
    }
}
