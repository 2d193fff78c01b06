// Plain JavaScript for any Node >= 20, like bootstrap.mjs: shows that what takes a while goes on.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"

const EVERY_MS = 5_000

/**
 * Runs a program that says nothing while it works. Every five seconds it is said how long it takes already: on a terminal in one line that
 * updates, else in lines. Only its complaints are shown. Ends it when this process is told to end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, progress: () => string }} options `progress` is asked for what is done so far
 * @returns {Promise<string | undefined>} how it failed, for a message's brackets; undefined when it did not
 */
export function runShown(command, args, { cwd, progress }) {
  const tty = process.stdout.isTTY === true
  const name = `${command} ${args[0]}`
  const started = performance.now()
  const child = spawn(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" })
  const beat = setInterval(() => {
    const line = `   … ${name} (${Math.round((performance.now() - started) / 1_000)} s so far, ${progress()})`
    process.stdout.write(tty ? `\r\x1b[2K${line}` : `${line}\n`)
  }, EVERY_MS)
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])
  let told = ""
  const passOn = (/** @type {NodeJS.Signals} */ signal) => {
    told = signal
    child.kill(signal)
  }
  for (const signal of signals) process.on(signal, passOn)
  return new Promise((resolve) => {
    const over = (/** @type {string | undefined} */ failure) => {
      clearInterval(beat)
      for (const signal of signals) process.off(signal, passOn)
      if (tty) process.stdout.write("\r\x1b[2K")
      if (told) process.exit(128 + constants.signals[told])
      resolve(failure)
    }
    child.on("error", (error) => over(error.message))
    child.on("exit", (code, signal) => over(code === 0 ? undefined : `exit ${code ?? signal}`))
  })
}

/**
 * How many packages of the lock file lie in node_modules already, in words. npm makes all their folders first and fills them then.
 * @param {string} root
 */
export function countPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))
  const fits = (/** @type {string[] | undefined} */ list, /** @type {string} */ here) => !list || list.includes(here)
  const wanted = Object.keys(packages).filter((path) => {
    const { link, os, cpu } = packages[path]
    return path.includes("node_modules/") && !link && fits(os, process.platform) && fits(cpu, process.arch)
  })
  return () => `${wanted.filter((path) => existsSync(join(root, path, "package.json"))).length} of about ${wanted.length} packages`
}
