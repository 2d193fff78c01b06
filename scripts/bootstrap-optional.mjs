// `postinstall`. npm under Node 20 leaves out optional packages that ask for Node 22, without a word: Hardhat's native part is one. Node 24
// is there by now (it is what runs this), so npm is asked once more under it. The lock decides about versions as before.
import { spawnSync } from "node:child_process"

const [, asking] = /\bnode\/v(\d+)/.exec(process.env.npm_config_user_agent ?? "") ?? []

if (Number(asking) < 22) {
  const [node] = process.versions.node.split(".")
  if (Number(node) < 22) fail(`it runs under Node ${node}: npm has not run the install script of the package "node", which brings Node 24`)
  const args = ["install", "--no-save", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
  const { status, error } = spawnSync(process.execPath, [process.env.npm_execpath, ...args], { stdio: "inherit" })
  if (status !== 0) fail(error?.message ?? `npm install ended with ${status}`)
}

/** @param {string} why */
function fail(why) {
  console.error(
    `Packages that ask for Node 22 or later could not be added: ${why}. Run npm ci again, or get Node 24 from https://nodejs.org.`,
  )
  process.exit(1)
}
