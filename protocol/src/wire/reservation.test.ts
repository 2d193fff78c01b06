import { expect } from "chai"
import { reservationQuotes } from "../../vector-samples.ts"
import { ProtocolError } from "../errors.ts"
import { packServed } from "../served.ts"
import { SignedDayClaim, SignedReservationQuote } from "./generated/messages.js"
import { dayClaimFromWire, dayClaimToWire, reservationFromWire, reservationQuoteFromWire, reservationQuoteToWire } from "./reservation.ts"

const signature = new Uint8Array(64).fill(7)
const claim = { reservation: 1n << 255n, firstDay: 20_776, served: packServed([1_440, 0, 17]) }

describe("reservations on the wire", () => {
  it("quotes and claims come out as they went in", () => {
    for (const quote of reservationQuotes) {
      const sent = SignedReservationQuote.decode(SignedReservationQuote.encode(reservationQuoteToWire(quote, signature)))
      expect(reservationQuoteFromWire(sent)).deep.equal({ quote, signature })
    }
    for (const reservation of [claim.reservation, 1n, 0n]) {
      const sent = SignedDayClaim.decode(SignedDayClaim.encode(dayClaimToWire({ ...claim, reservation }, signature)))
      expect(dayClaimFromWire(sent)).deep.equal({ claim: { ...claim, reservation }, signature })
    }
  })

  it("a field of the wrong size is named", () => {
    const wire = reservationQuoteToWire(reservationQuotes[0]!, signature)
    for (const field of ["node", "tenant", "nonce", "signature"] as const)
      expect(() => reservationQuoteFromWire({ ...wire, [field]: new Uint8Array(3) })).throw(ProtocolError, `${field} has 3 bytes`)
    expect(() => reservationFromWire(new Uint8Array(31))).throw(ProtocolError, "reservation has 31 bytes")
    expect(() => dayClaimFromWire(dayClaimToWire(claim, new Uint8Array(65)))).throw(ProtocolError, "signature has 65 bytes")
  })
})
