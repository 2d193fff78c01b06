import { EIP_712_ORDER_TYPE, ItemType, OrderType } from "@opensea/seaport-js/lib/constants.js"
import controllerArtifact from "@opensea/seaport-js/src/artifacts/seaport/contracts/conduit/ConduitController.sol/LocalConduitController.json" with {
  type: "json",
}
import seaportArtifact from "@opensea/seaport-js/src/artifacts/seaport/contracts/Seaport.sol/Seaport.json" with { type: "json" }
import { type Account, ethers } from "./harbour.ts"

type Contract = Awaited<ReturnType<typeof ethers.deployContract>>

/** Seaport 1.6 and its conduit controller, as OpenSea compiled them: our compiler ends with "stack too deep" in their source. */
export async function deploySeaport(): Promise<Contract> {
  const controllers = await ethers.getContractFactory(controllerArtifact.abi, controllerArtifact.bytecode)
  const controller = await controllers.deploy()
  const seaports = await ethers.getContractFactory(seaportArtifact.abi, seaportArtifact.bytecode)
  return seaports.deploy(await controller.getAddress())
}

/** A sale of token `id` of `collection` by `offerer` for `price` of `money`, to whoever pays it, for ever, through no conduit. */
export async function orderOf(offerer: string, collection: Contract, id: bigint, money: Contract, price: bigint) {
  const amounts = (amount: bigint) => ({ startAmount: amount, endAmount: amount })
  const asked = { itemType: ItemType.ERC20, token: await money.getAddress(), identifierOrCriteria: 0n, ...amounts(price) }
  return {
    offerer,
    zone: ethers.ZeroAddress,
    offer: [{ itemType: ItemType.ERC721, token: await collection.getAddress(), identifierOrCriteria: id, ...amounts(1n) }],
    consideration: [{ ...asked, recipient: offerer }],
    orderType: OrderType.FULL_OPEN,
    startTime: 0n,
    endTime: 2n ** 40n,
    zoneHash: ethers.ZeroHash,
    salt: 0n,
    conduitKey: ethers.ZeroHash,
    totalOriginalConsiderationItems: 1n,
  }
}

/** A bid: `offerer` pays `price` of `money` to whoever gives it token `id` of `collection` before `endTime`. */
export async function bidOf(offerer: string, collection: Contract, id: bigint, money: Contract, price: bigint, endTime: bigint) {
  const sale = await orderOf(offerer, collection, id, money, price)
  const { recipient, ...paid } = sale.consideration[0]!
  return { ...sale, endTime, offer: [paid], consideration: [{ ...sale.offer[0]!, recipient }] }
}

type Parameters = Awaited<ReturnType<typeof orderOf>>

/** The order that `seller` publishes: nothing on chain happens until somebody fulfils it. */
export async function signOrder(seaport: Contract, seller: Account, parameters: Parameters) {
  const { chainId } = await ethers.provider.getNetwork()
  const domain = { name: "Seaport", version: "1.6", chainId, verifyingContract: await seaport.getAddress() }
  const counter = await seaport.getFunction("getCounter")(seller.address)
  return { parameters, signature: await seller.signTypedData(domain, EIP_712_ORDER_TYPE, { ...parameters, counter }) }
}
