/** Up to whatever can't be in a URL; a backslash is in none, and ends one in a string that was escaped. */
const URLS = /\b((?:https?|wss?):\/\/)(?:[^\s/@"'`<>\\]*@)?([^\s/?#"'`<>\\]*)[^\s"'`<>\\]*/gi

/**
 * A text in which each URL (http, https, ws, wss) ends with its host and port: a provider's URL holds the customer's key in its path, its query
 * or before its host, and errors of viem, of TOML and of others quote it whole. A module of its own, which loads nothing.
 *
 * @example
 * hostsOnly("no answer from https://u:p@rpc.example/v2/KEY?k=KEY") // "no answer from https://rpc.example"
 */
export function hostsOnly(text: string): string {
  return text.replace(URLS, "$1$2")
}
