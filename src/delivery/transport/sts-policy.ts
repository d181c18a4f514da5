// What an MTA-STS record and policy say (RFC 8461 §3), and which hosts a policy names. Pure.
import type { StsPolicy } from '../../resources/sts-policies.ts'
import { policyAgeSecondsMax, policyHostsMax } from './limits.ts'

/** The id of the one valid record among the TXT strings of `_mta-sts.<domain>`; undefined: the domain has no policy. */
export function readStsRecord(texts: readonly string[]): string | undefined {
  const records = texts.filter((text) => /^v=STSv1[ \t]*(;|$)/.test(text))
  const [record] = records
  // §3.1: more or less than one means none.
  if (records.length !== 1 || record === undefined) return undefined
  for (const field of record.split(';')) {
    const match = /^[ \t]*id[ \t]*=[ \t]*([A-Za-z0-9]{1,32})[ \t]*$/.exec(field)
    if (match) return match[1]
  }
  return undefined
}

/** What a policy file says; undefined when it is none. */
export function parseStsPolicy(text: string): Pick<StsPolicy, 'mode' | 'hosts' | 'maxAgeSeconds'> | undefined {
  const fields = new Map<string, string>()
  const hosts: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const match = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*(.*?)[ \t]*$/.exec(line)
    if (!match) {
      if (line.trim() === '') continue
      return undefined
    }
    const [, name = '', value = ''] = match
    // §3.2: of a field that is repeated, except mx, the first counts.
    if (name === 'mx') hosts.push(value.toLowerCase().replace(/\.$/, ''))
    else if (!fields.has(name)) fields.set(name, value)
  }
  const mode = fields.get('mode')
  const age = fields.get('max_age') ?? ''
  if (fields.get('version') !== 'STSv1' || !/^\d{1,10}$/.test(age)) return undefined
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return undefined
  if (mode !== 'none' && hosts.length === 0) return undefined
  if (hosts.length > policyHostsMax || !hosts.every((host) => /^(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(host) && host.length <= 253))
    return undefined
  return { mode, hosts, maxAgeSeconds: Math.min(Number(age), policyAgeSecondsMax) }
}

/** True when a policy names the mail exchanger; a star stands for exactly one label (RFC 8461 §4.1, RFC 6125 §6.4.3). */
export function namesHost(patterns: readonly string[], host: string): boolean {
  const name = host.toLowerCase()
  const parent = name.slice(name.indexOf('.') + 1)
  return patterns.some((pattern) => (pattern.startsWith('*.') ? name.includes('.') && pattern.slice(2) === parent : pattern === name))
}
