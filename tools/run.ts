// Runs a program of the repository and tells how it ended.
import { spawn } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

/** The root of the checkout. */
export const root = resolve(import.meta.dirname, '..')

/** Runs `command` in the checkout with the bundled tools in front of PATH (and mkfs and the like behind it, which Debian gives only to root); resolves with the exit code. `quiet` keeps its output for a failure. */
export function run(
  command: string,
  args: readonly string[],
  { quiet = false, env = {} }: { quiet?: boolean; env?: Record<string, string> } = {},
): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: [resolve(root, 'node_modules/.bin'), process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter), ...env },
    })
    const kept: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => kept.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => kept.push(chunk))
    child.on('error', fail)
    child.on('close', (code, signal) => {
      if (quiet && code !== 0) process.stdout.write(Buffer.concat(kept))
      done(code ?? (signal ? 1 : 0))
    })
  })
}
