import { BerthError } from "../errors.ts"
import { type Context, type IdFlags, withAgent } from "./context.ts"
import { usd } from "./output.ts"
import { parseAddress, parseUsd } from "./parse.ts"
import { readText } from "./read-text.ts"

interface CreateFlags {
  readonly light?: boolean
}

export async function accountCreate(context: Context, flags: CreateFlags): Promise<void> {
  await create(context, undefined, flags)
}

/** Takes a file with a private key in hex, or a V3 keystore that the same passphrase opens. */
export async function accountImport(context: Context, file: string, flags: CreateFlags): Promise<void> {
  await create(context, file, flags)
}

async function create(context: Context, file: string | undefined, flags: CreateFlags): Promise<void> {
  const { config, out } = context
  const [{ createKeys }, { LIGHT_COST, STANDARD_COST, decryptKey }, { readPassphrase }] = await Promise.all([
    import("../resident/keys.ts"),
    import("../keys/keystore.ts"),
    import("./passphrase.ts"),
  ])
  const passphrase = await readPassphrase(context, { twice: true })
  const wallet = file ? readKey(file, (json) => decryptKey(json, passphrase, file)) : undefined
  const account = createKeys(config, passphrase, { ...(wallet && { wallet }), cost: flags.light ? LIGHT_COST : STANDARD_COST })
  out.data({ account, profile: config.profile, file: config.walletFile })
  out.line(account)
  out.note(`kept in ${config.walletFile}`)
  if (flags.light) out.note("--light: the passphrase protects it weakly; for development chains only")
}

function readKey(file: string, decrypt: (json: string) => Uint8Array): Uint8Array {
  const text = readText(file).trim()
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text.replace(/^0x/, ""), "hex"))
  if (text.startsWith("{")) return decrypt(text)
  throw new BerthError("malformed", `${file} holds neither a private key in hex nor a V3 keystore`)
}

export async function accountShow(context: Context): Promise<void> {
  const { accountOf } = await import("../resident/keys.ts")
  const account = accountOf(context.config)
  context.out.data({ account, profile: context.config.profile, file: context.config.walletFile })
  context.out.line(account)
}

export async function accountDeposit(context: Context, amount: string, flags: IdFlags): Promise<void> {
  const { out } = context
  const credits = parseUsd(amount)
  const done = await withAgent(context, (agent) => agent.deposit({ amount: credits, id: flags.id }))
  out.data({ deposited: credits, ...done })
  out.line(`deposited ${usd(credits)} (transaction ${done.hash})`)
}

export async function accountWithdraw(context: Context, amount: string, flags: IdFlags & { readonly to?: string }): Promise<void> {
  const { out } = context
  if (flags.id && amount === "all")
    throw new BerthError("usage", "with --id name the amount", { hint: "all is another amount the next time" })
  const to = flags.to === undefined ? undefined : parseAddress(flags.to)
  const asked = amount === "all" ? undefined : parseUsd(amount)
  const [credits, done] = await withAgent(context, async (agent) => {
    const wanted = asked ?? (await agent.balance()).available
    if (wanted === 0n)
      throw new BerthError("insufficient_credits", "there are no free credits to withdraw", {
        hint: "close a tab first: berth tabs, berth close",
      })
    return [wanted, await agent.withdraw({ amount: wanted, to, id: flags.id })] as const
  })
  out.data({ withdrawn: credits, ...done })
  out.line(`withdrew ${usd(credits)} (transaction ${done.hash})`)
}

export async function accountBalance(context: Context): Promise<void> {
  const { out } = context
  const balance = await withAgent(context, (agent) => agent.balance())
  out.data(balance)
  out.line(`account    ${balance.account}`)
  out.line(`wallet     ${usd(balance.wallet)}`)
  out.line(`available  ${usd(balance.available)}`)
  out.line(`in tabs    ${usd(balance.inTabs)}`)
  out.line(`accrued    ${usd(balance.accrued)}   of what is in tabs, signed and not yet settled`)
  out.line(
    balance.hoursLeft === undefined || balance.tabHoursLeft === undefined
      ? "nothing runs"
      : `hours left ${balance.tabHoursLeft.toFixed(1)} in the tab that ends first (berth topup), ${balance.hoursLeft.toFixed(1)} with all credits, at ${usd(balance.ratePerHour)} an hour`,
  )
}
