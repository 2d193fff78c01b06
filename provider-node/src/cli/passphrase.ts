import { createInterface } from "node:readline"
import { Writable } from "node:stream"
import { readPassphrase } from "../keystore.ts"

/**
 * The key's passphrase: from a file, else typed without an echo.
 * @throws Error when there is neither a file nor a terminal
 */
export async function passphraseOf(file: string | undefined, question: string): Promise<string> {
  if (file !== undefined) return readPassphrase(file)
  if (!process.stdin.isTTY)
    throw new Error("No passphrase: set passphraseFile (or --passphrase-file), or start from a terminal and type it.")
  const mute = new Writable({ write: (_chunk, _encoding, done) => done() })
  process.stderr.write(question)
  const lines = createInterface({ input: process.stdin, output: mute, terminal: true })
  try {
    return await new Promise<string>((resolve) => lines.question("", resolve))
  } finally {
    lines.close()
    process.stderr.write("\n")
  }
}
