import type { Meaning } from "./reverts.ts"

const UPDATE = "correct the node's config, and publish it again"

/** What a revert means to whoever owns a node or the market, by the contract's error name. */
export const REVERTS_OF_OWNERS: Record<string, (args: readonly unknown[]) => Meaning> = {
  NodeAlreadyRegistered: ([node]) => [`node ${node} is registered, for ever with that operator`, "make a new key for a new node"],
  UnknownTier: ([tier]) => [`there is no tier ${tier}`, "write individual, data-center or partner"],
  RegionTooLong: ([length, max]) => [`the region has ${length} bytes; at most ${max} are allowed`, UPDATE],
  TooManyAddresses: ([count, max]) => [`${count} addresses are too many: at most ${max}`, UPDATE],
  AddressTooLong: ([index, length, max]) => [`address ${index} has ${length} bytes; at most ${max} are allowed`, UPDATE],
  TooManyRecorders: ([count, max]) => [`${count} recorders are too many: at most ${max}`, UPDATE],
  TooManyOffers: ([count, max]) => [`${count} offers are too many: at most ${max}`, UPDATE],
  BadClassLength: ([index, length, max]) => [`the class of offer ${index} has ${length} bytes; 1 to ${max} are allowed`, UPDATE],
  TooManyDiscounts: ([index, count, max]) => [`offer ${index} has ${count} discounts; at most ${max} are allowed`, UPDATE],
  BadDiscount: ([index, discount, term, bps]) => [
    `discount ${discount} of offer ${index} (${bps} basis points from ${term} days on) is out of bounds or out of order`,
    "terms ascend from 1 to 366 days, and nothing is cheaper than free",
  ],

  OwnableUnauthorizedAccount: ([caller]) => [
    `${caller} is not the owner of this market`,
    "only its owner may do this: berth owner shows who that is",
  ],
  NotOwner: ([caller]) => [`${caller} is not the owner of this market`, "only its owner may do this: berth owner shows who that is"],
  FeeAboveCap: ([bps, cap]) => [`a fee of ${bps} basis points is above ${cap}, the most that can ever be set`],
  BadThreshold: ([threshold, members]) => [`${threshold} of ${members} is no quorum`, "1 to 16 members, and at most as many must sign"],
  MembersNotAscending: ([index]) => [`member ${index} is zero, there twice, or not in ascending order`],
  NoMoreSets: () => ["there are 65,535 verifier sets: no more can be added"],
}
