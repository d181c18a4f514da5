// The files that settings name, and the file of settings itself. What cannot be read is one more problem, never an exception.
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parseHostname } from './parse-values.ts'
import { settingRows, type SettingSources } from './setting-rows.ts'

/** Settings from the file that BULKHEAD_CONFIG names; nothing when none is named. */
export function readFileSettings({ flags, environment }: SettingSources, problems: string[]): Record<string, string> {
  const path = flags.config ?? environment.BULKHEAD_CONFIG
  if (!path) return {}
  try {
    const text = readFileSync(path, 'utf8')
    const read: Record<string, unknown> = text.trimStart().startsWith('{') ? JSON.parse(text) : parseEnv(text)
    const known = new Set<string>(settingRows.map(({ name }) => name))
    for (const name of Object.keys(read)) if (!known.has(name)) problems.push(`${path}: ${name} is not a setting.`)
    return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, String(value)]))
  } catch (fault) {
    problems.push(`BULKHEAD_CONFIG: ${path} cannot be read (${(fault as Error).message}).`)
    return {}
  }
}

/** The certificate chain and key, or undefined when neither is given. */
export function readTls(certFile: string | undefined, keyFile: string | undefined, problems: string[]): { cert: string; key: string } | undefined {
  if (!certFile && !keyFile) return undefined
  if (!certFile) problems.push('BULKHEAD_TLS_CERT is missing: BULKHEAD_TLS_KEY needs it.')
  if (!keyFile) problems.push('BULKHEAD_TLS_KEY is missing: BULKHEAD_TLS_CERT needs it.')
  if (!certFile || !keyFile) return undefined
  try {
    return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
  } catch (fault) {
    problems.push(`BULKHEAD_TLS_CERT or BULKHEAD_TLS_KEY cannot be read (${(fault as Error).message}).`)
    return undefined
  }
}

/** Domains of a file, one a line, lower case; `#` begins a remark, `!name` takes one away. */
export function readDomains(path: string | undefined, problems: string[]): string[] {
  if (path === undefined) return []
  try {
    const lines = readFileSync(path, 'utf8').split(/\r?\n/)
    const names = lines.map((line) => line.replace(/#.*/, '').trim().toLowerCase()).filter((name) => name !== '')
    const wrong = names.find((name) => parseHostname(name.replace(/^!/, '')) === undefined)
    if (wrong !== undefined) problems.push(`BULKHEAD_DISPOSABLE_DOMAINS: ${path} has a line that is no domain: ${wrong.slice(0, 100)}`)
    return names
  } catch (fault) {
    problems.push(`BULKHEAD_DISPOSABLE_DOMAINS: ${path} cannot be read (${(fault as Error).message}).`)
    return []
  }
}
