// From the text of one setting to its value; undefined when the text is not one. Pure: no file, no environment.
import { scryptSync } from 'node:crypto'
import { isIP } from 'node:net'
import type { Egress, Listen, ParentKey, Settings } from './settings.ts'

/** `name=value,…` with region names. */
export function parseNamed<T>(parse: (text: string) => T | undefined): (text: string) => Map<string, T> | undefined {
  return (text) => {
    const named = new Map<string, T>()
    for (const part of text.split(',')) {
      const at = part.indexOf('=')
      const name = part.slice(0, Math.max(at, 0)).trim()
      const value = parse(part.slice(at + 1).trim())
      if (!/^[a-z0-9-]{1,32}$/.test(name) || value === undefined || named.has(name)) return undefined
      named.set(name, value)
    }
    return named
  }
}

/** Keys travel over TLS; loopback needs none. */
export function parseParent(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, username, search, hash } = new URL(text)
  const loopback = /^127\.\d+\.\d+\.\d+$|^\[::1\]$|^localhost$/.test(hostname)
  if (username || search || hash || (protocol !== 'https:' && !(protocol === 'http:' && loopback))) return undefined
  return text.replace(/\/+$/, '')
}

/** A link whose query may hold a key; kept as it is. */
export function parseSecretLink(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, username, href } = new URL(text)
  const loopback = /^127\.\d+\.\d+\.\d+$|^\[::1\]$|^localhost$/.test(hostname)
  return !username && (protocol === 'https:' || (protocol === 'http:' && loopback)) ? href : undefined
}

export function parseParentKey(text: string): ParentKey | undefined {
  const [, accessKeyId, secretAccessKey] = /^(\w{16,128}):(\S+)$/.exec(text) ?? []
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined
}

export function parseExportsUrl(text: string): Settings['exportsAt'] {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? []
  return bucket === undefined ? undefined : { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` }
}

export function parseListen(text: string): Listen | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match && port <= 65_535 ? { host: match[1] ?? match[2] ?? '', port } : undefined
}

export function parseServer(text: string): string | undefined {
  if (isIP(text)) return isIP(text) === 6 ? `[${text}]:53` : `${text}:53`
  const server = parseListen(text)
  if (!server || !isIP(server.host)) return undefined
  return isIP(server.host) === 6 ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`
}

export function parseHostname(text: string): string | undefined {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  return text.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(text.toLowerCase()) ? text.toLowerCase() : undefined
}

export function parseEgress(hostname: string): (text: string) => Egress | undefined {
  return (text) => {
    const [address = '', name = hostname] = text.split('/')
    const ehloName = parseHostname(name)
    return isIP(address) && ehloName ? { address, ehloName } : undefined
  }
}

export function parseRoutes(text: string): Map<string, Listen[]> | undefined {
  const routes = new Map<string, Listen[]>()
  for (const part of text.split(',')) {
    const [domain = '', target = ''] = part.split('=').map((side) => side.trim())
    const listen = parseListen(target)
    if (!listen || (domain !== '*' && !parseHostname(domain))) return undefined
    routes.set(domain.toLowerCase(), [...(routes.get(domain.toLowerCase()) ?? []), listen])
  }
  return routes
}

/** Twenty are more than anybody heeds, and each costs two questions more than there are addresses. */
const blockListsMax = 20

export function parseZones(text: string): string[] | undefined {
  if (text === 'off') return []
  const zones = parseEach(text, (part) => (part.includes('.') ? parseHostname(part) : undefined))
  return zones && zones.length <= blockListsMax ? [...new Set(zones)] : undefined
}

export function parseMasterKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 32 && bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return bytes
  return text.length >= 32 ? scryptSync(text, 'bulkhead master key', 32) : undefined
}

export function parseEach<T>(text: string, parse: (part: string) => T | undefined): T[] | undefined {
  const parts = text.split(',').map((part) => parse(part.trim()))
  return parts.every((part) => part !== undefined) ? (parts as T[]) : undefined
}

export function parseWhole(least: number, most: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined)
}

export function parseQuota(text: string): number | undefined {
  return text === 'unlimited' || text === '-1' ? -1 : parseWhole(1, 999_999_999)(text)
}
