import { expect } from "chai"
import { reservationQuotes } from "../../vector-samples.ts"
import { ProtocolError } from "../errors.ts"
import { packServed } from "../served.ts"
import { SignedDayClaim, SignedReservationCancel, SignedReservationQuote } from "./generated/messages.js"
import {
  dayClaimFromWire,
  dayClaimToWire,
  reservationCancelFromWire,
  reservationCancelToWire,
  reservationFromWire,
  reservationQuoteFromWire,
  reservationQuoteToWire,
} from "./reservation.ts"

const signature = new Uint8Array(64).fill(7)
const cancel = { reservation: 1n << 255n, firstDay: 20_776, operatorBps: 10_000, deadline: 1_795_000_000n }
const claim = { reservation: 1n << 255n, firstDay: 20_776, served: packServed([1_440, 0, 17]) }

describe("reservations on the wire", () => {
  it("quotes, claims and cancels come out as they went in", () => {
    for (const quote of reservationQuotes) {
      const sent = SignedReservationQuote.decode(SignedReservationQuote.encode(reservationQuoteToWire(quote, signature)))
      expect(reservationQuoteFromWire(sent)).deep.equal({ quote, signature })
    }
    for (const reservation of [claim.reservation, 1n, 0n]) {
      const sent = SignedDayClaim.decode(SignedDayClaim.encode(dayClaimToWire({ ...claim, reservation }, signature)))
      expect(dayClaimFromWire(sent)).deep.equal({ claim: { ...claim, reservation }, signature })
      const agreed = SignedReservationCancel.encode(reservationCancelToWire({ ...cancel, reservation }, signature))
      expect(reservationCancelFromWire(SignedReservationCancel.decode(agreed))).deep.equal({
        cancel: { ...cancel, reservation },
        signature,
      })
    }
  })

  it("a field of the wrong size is named", () => {
    const wire = reservationQuoteToWire(reservationQuotes[0]!, signature)
    for (const field of ["node", "tenant", "nonce", "signature"] as const)
      expect(() => reservationQuoteFromWire({ ...wire, [field]: new Uint8Array(3) })).throw(ProtocolError, `${field} has 3 bytes`)
    expect(() => reservationFromWire(new Uint8Array(31))).throw(ProtocolError, "reservation has 31 bytes")
    expect(() => dayClaimFromWire(dayClaimToWire(claim, new Uint8Array(65)))).throw(ProtocolError, "signature has 65 bytes")
    const short = reservationCancelToWire(cancel, new Uint8Array(63))
    expect(() => reservationCancelFromWire(short)).throw(ProtocolError, "signature has 63 bytes")
    expect(() => reservationCancelFromWire({ ...short, signature, reservation: new Uint8Array(31) })).throw(ProtocolError, "has 31 bytes")
  })
})
