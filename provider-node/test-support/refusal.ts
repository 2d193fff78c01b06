import { ProtocolError } from "@berth/protocol"
import { expect } from "chai"

/** Why a node refused: the ProtocolError's code. Fails when it did not, or failed otherwise. */
export async function refusal(answer: Promise<unknown>): Promise<ProtocolError["code"]> {
  const error = await answer.then(
    () => undefined,
    (reason) => reason,
  )
  expect(error, "it was not refused").instanceOf(ProtocolError)
  return (error as ProtocolError).code
}
