import { errorFromWire, RECEIPT, ReceiptDown, ReceiptUp } from "@berth/protocol/wire"
import type { TabLine } from "./lease.ts"
import { asP2pError } from "./p2p-error.ts"

/** What the agent says to each frame; undefined says nothing. */
export type Answer = Omit<ReceiptUp, "session"> | undefined

/**
 * Holds one receipt stream open: sends the greeting, then answers each frame. Ends only by the other side, an error or the signal.
 */
export async function holdReceiptStream(
  line: TabLine,
  greeting: Omit<ReceiptUp, "session">,
  answer: (down: ReceiptDown) => Promise<Answer>,
  onAnswered: () => void,
  signal: AbortSignal,
): Promise<void> {
  const frames = await line.host.open(line.callee, RECEIPT, signal)
  try {
    await frames.write(ReceiptUp.encode({ ...greeting, session: line.session() }), signal)
    for (;;) {
      const down = ReceiptDown.decode(await frames.wait(signal))
      if (down.error) throw errorFromWire(down.error)
      const up = await answer(down)
      if (!up) continue
      await frames.write(ReceiptUp.encode(up), signal)
      onAnswered()
    }
  } catch (error) {
    throw asP2pError(error, line.callee)
  } finally {
    frames.abort()
  }
}
