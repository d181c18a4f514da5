// The only reader of the environment: settings from flags, environment and a file, judged once, all problems told at once.
// The table below is the contract; docs/reference/settings.md is generated from it.
import { scryptSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'

/** One setting as people see it. */
export interface SettingRow {
  readonly name: string
  /** For people; '' means unset. */
  readonly default: string
  readonly meaning: string
}

/** Every setting; also a flag each (`BULKHEAD_DATA_DIR` is `--data-dir`). */
export const settingRows = [
  { name: 'BULKHEAD_MODE', default: 'development', meaning: '`development`: everything is real, nothing leaves the machine. `production`: real DNS and MX.' },
  { name: 'BULKHEAD_CONFIG', default: '', meaning: 'File with settings, `NAME=value` lines or a JSON object; environment and flags win over it.' },
  { name: 'BULKHEAD_DATA_DIR', default: './data', meaning: 'Everything the embedded engine keeps.' },
  { name: 'BULKHEAD_DATABASE_URL', default: '', meaning: '`postgres://…` for the PostgreSQL engine, which this version does not have yet.' },
  { name: 'BULKHEAD_HTTP', default: '127.0.0.1:8025', meaning: 'API, metrics and health.' },
  { name: 'BULKHEAD_SMTP', default: '127.0.0.1:2587', meaning: 'SMTP submission with STARTTLS (production: port 587).' },
  { name: 'BULKHEAD_SMTPS', default: '127.0.0.1:2465', meaning: 'SMTP submission with TLS from the start (production: port 465).' },
  {
    name: 'BULKHEAD_FEEDBACK',
    default: '127.0.0.1:2525',
    meaning: 'Where bounces and complaints come in (production: port 25); not opened by this version yet.',
  },
  {
    name: 'BULKHEAD_DNS',
    default: '',
    meaning:
      'Where the zone `dkim.<hostname>` is answered over DNS (production: port 53, the zone delegated to this host); unset: the operator publishes the keys.',
  },
  {
    name: 'BULKHEAD_TLS_CERT',
    default: '',
    meaning: 'PEM file with the certificate chain of HTTP and SMTP; without it HTTP is clear and SMTP uses a self-signed certificate.',
  },
  { name: 'BULKHEAD_TLS_KEY', default: '', meaning: 'PEM file with the key of that certificate.' },
  { name: 'BULKHEAD_HOSTNAME', default: 'localhost', meaning: 'Our own name: EHLO, Message-ID, return path, provider DKIM domain.' },
  {
    name: 'BULKHEAD_PUBLIC_URL',
    default: '',
    meaning: 'Where people reach our HTTP door from outside, for links in verification mails; default from the host name (production) or `BULKHEAD_HTTP`.',
  },
  { name: 'BULKHEAD_REGION', default: 'us-east-1', meaning: 'Region in ARNs and signatures.' },
  { name: 'BULKHEAD_ACCOUNT_ID', default: '111122223333', meaning: 'Account in ARNs.' },
  { name: 'BULKHEAD_ACCESS_KEY_ID', default: '', meaning: "The account's root credential; generated on first start and kept when unset (development)." },
  { name: 'BULKHEAD_SECRET_ACCESS_KEY', default: '', meaning: 'Its secret.' },
  { name: 'BULKHEAD_CONSOLE_PASSWORD', default: '', meaning: 'Password of the first operator; the console comes in a later version.' },
  {
    name: 'BULKHEAD_MASTER_KEY',
    default: '',
    meaning:
      'Encrypts secrets at rest: 32 bytes as hex or base64, or a passphrase of at least 32 characters; generated as a file of mode 0600 when unset (development).',
  },
  {
    name: 'BULKHEAD_RESOLVER',
    default: '',
    meaning: 'DNS servers `host:port,…` for every look-up of mail and verification; default the system (production) or the built-in one (development).',
  },
  { name: 'BULKHEAD_ROUTES', default: '', meaning: 'Static routes `domain=host:port,…`, `*` for the rest; loopback is reached only by this.' },
  { name: 'BULKHEAD_ALLOW_TARGETS', default: '', meaning: 'Networks `cidr,…` that webhooks may reach although they are private; nothing uses it yet.' },
  {
    name: 'BULKHEAD_EGRESS',
    default: '',
    meaning: 'Our sending addresses `ip/ehlo-name,…`; default the address the system chooses, with the host name (development).',
  },
  { name: 'BULKHEAD_PROVIDER_DKIM', default: 'on', meaning: '`off` leaves out the second DKIM signature, that of the host name.' },
  { name: 'BULKHEAD_VERIFY_INTERVAL_SECONDS', default: '60', meaning: 'How often pending identities are checked.' },
  { name: 'BULKHEAD_WORKERS', default: 'cores', meaning: 'Delivery and signing parallelism.' },
  { name: 'BULKHEAD_EVENT_DAYS', default: '30', meaning: 'How long the event log is kept.' },
  { name: 'BULKHEAD_LOG_LEVEL', default: 'warn', meaning: '`debug`, `info`, `warn`, `error` or `silent`; lines go to standard error as JSON.' },
] as const satisfies readonly SettingRow[]

type SettingName = (typeof settingRows)[number]['name']

/** An address to listen on. */
export interface Listen {
  readonly host: string
  readonly port: number
}

/** A sending address of ours. */
export interface Egress {
  readonly address: string
  readonly ehloName: string
}

/** Settings, judged. */
export interface Settings {
  readonly mode: 'development' | 'production'
  readonly dataDir: string
  readonly http: Listen
  readonly smtp: Listen
  readonly smtps: Listen
  /** undefined: not opened. */
  readonly dns: Listen | undefined
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly hostname: string
  readonly publicUrl: string | undefined
  readonly region: string
  readonly accountId: string
  readonly rootKey: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
  /** 32 bytes; undefined: from the generated file. */
  readonly masterKey: Buffer | undefined
  readonly resolver: readonly string[]
  readonly routes: ReadonlyMap<string, readonly Listen[]>
  readonly egress: readonly Egress[]
  readonly providerDkim: boolean
  readonly verifyIntervalSeconds: number
  readonly workers: number
  readonly eventDays: number
  readonly logLevel: string
}

/** Where settings come from. */
export interface SettingSources {
  /** Flag name without dashes (`data-dir`) to value. */
  readonly flags: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Names of the flags: `BULKHEAD_DATA_DIR` is `data-dir`. */
export function flagOf(settingName: string): string {
  return settingName.slice('BULKHEAD_'.length).toLowerCase().replaceAll('_', '-')
}

/**
 * Reads and judges all settings.
 * @returns settings, or one line for each thing that is missing or wrong.
 */
export function readSettings(sources: SettingSources): { settings: Settings } | { problems: string[] } {
  const problems: string[] = []
  const file = readFileSettings(sources, problems)
  const given = (name: SettingName): string | undefined => {
    const value = sources.flags[flagOf(name)] ?? sources.environment[name] ?? file[name]
    return value === undefined || value.trim() === '' ? undefined : value.trim()
  }
  const fallback = (name: SettingName): string => given(name) ?? settingRows.find((row) => row.name === name)?.default ?? ''
  const check = <T>(name: SettingName, parse: (text: string) => T | undefined, wanted: string, otherwise: T): T => {
    const value = given(name)
    if (value === undefined) return otherwise
    const parsed = parse(value)
    if (parsed === undefined) problems.push(`${name} must be ${wanted}.`)
    return parsed ?? otherwise
  }
  const listen = (name: SettingName): Listen => check(name, parseListen, 'host:port', parseListen(fallback(name)) ?? { host: '127.0.0.1', port: 0 })

  const mode = check(
    'BULKHEAD_MODE',
    (text) => (text === 'development' || text === 'production' ? text : undefined),
    'development or production',
    'development',
  )
  const hostname = check('BULKHEAD_HOSTNAME', parseHostname, 'a host name', 'localhost')
  const dataDir = resolve(fallback('BULKHEAD_DATA_DIR'))
  const masterKey = check('BULKHEAD_MASTER_KEY', parseMasterKey, '32 bytes as hex or base64, or a passphrase of at least 32 characters', undefined)
  const egress = check('BULKHEAD_EGRESS', (text) => parseEach(text, parseEgress(hostname)), 'ip/ehlo-name, separated by commas', [])
  const keyId = given('BULKHEAD_ACCESS_KEY_ID')
  const secret = given('BULKHEAD_SECRET_ACCESS_KEY')
  if (keyId && !/^[\w]{16,128}$/.test(keyId)) problems.push('BULKHEAD_ACCESS_KEY_ID must be 16 to 128 letters, digits or underscores.')
  if (keyId && !secret) problems.push('BULKHEAD_SECRET_ACCESS_KEY is missing: BULKHEAD_ACCESS_KEY_ID needs it.')
  if (secret && !keyId) problems.push('BULKHEAD_ACCESS_KEY_ID is missing: BULKHEAD_SECRET_ACCESS_KEY needs it.')
  const tls = readTls(given('BULKHEAD_TLS_CERT'), given('BULKHEAD_TLS_KEY'), problems)
  if (given('BULKHEAD_DATABASE_URL')) problems.push('BULKHEAD_DATABASE_URL: this version has only the embedded engine; leave it unset.')

  const settings: Settings = {
    mode,
    dataDir,
    http: listen('BULKHEAD_HTTP'),
    smtp: listen('BULKHEAD_SMTP'),
    smtps: listen('BULKHEAD_SMTPS'),
    dns: check('BULKHEAD_DNS', parseListen, 'host:port', undefined),
    tls,
    hostname,
    publicUrl: check(
      'BULKHEAD_PUBLIC_URL',
      (text) => (URL.canParse(text) && /^https?:/.test(text) ? text.replace(/\/+$/, '') : undefined),
      'an http or https URL',
      undefined,
    ),
    region: check('BULKHEAD_REGION', (text) => (/^[a-z0-9-]{1,32}$/.test(text) ? text : undefined), 'lower-case letters, digits and dashes', 'us-east-1'),
    accountId: check('BULKHEAD_ACCOUNT_ID', (text) => (/^\d{12}$/.test(text) ? text : undefined), 'twelve digits', '111122223333'),
    rootKey: keyId && secret ? { accessKeyId: keyId, secretAccessKey: secret } : undefined,
    masterKey,
    resolver: check('BULKHEAD_RESOLVER', (text) => parseEach(text, parseServer), 'host:port, separated by commas', []),
    routes: check('BULKHEAD_ROUTES', parseRoutes, 'domain=host:port, separated by commas', new Map()),
    egress,
    providerDkim: check('BULKHEAD_PROVIDER_DKIM', (text) => ({ on: true, off: false })[text], 'on or off', true),
    verifyIntervalSeconds: check('BULKHEAD_VERIFY_INTERVAL_SECONDS', parseWhole(1, 86_400), 'a whole number of 1 to 86,400', 60),
    workers: check('BULKHEAD_WORKERS', parseWhole(1, 256), 'a whole number of 1 to 256', availableParallelism()),
    eventDays: check('BULKHEAD_EVENT_DAYS', parseWhole(1, 3_650), 'a whole number of 1 to 3,650', 30),
    logLevel: check(
      'BULKHEAD_LOG_LEVEL',
      (text) => (['debug', 'info', 'warn', 'error', 'silent'].includes(text) ? text : undefined),
      'debug, info, warn, error or silent',
      'warn',
    ),
  }
  if (mode === 'production') problems.push(...missingInProduction(settings))
  return problems.length > 0 ? { problems } : { settings }
}

/** What a production service must know of itself; one line each. */
function missingInProduction(settings: Settings): string[] {
  const missing: string[] = []
  // Development mode keeps its credentials there, and identities that only its own DNS verified.
  if (existsSync(join(settings.dataDir, 'credentials.json')))
    missing.push(`BULKHEAD_DATA_DIR must be another directory: ${settings.dataDir} was used in development mode, which verifies every identity by itself.`)
  if (!settings.hostname.includes('.')) missing.push('BULKHEAD_HOSTNAME is missing: set the full host name of this service, for example mail.example.com.')
  if (settings.egress.length === 0)
    missing.push('BULKHEAD_EGRESS is missing: set the sending addresses with their EHLO names, for example 192.0.2.10/mail.example.com.')
  if (!settings.masterKey && !existsSync(masterKeyFile(settings.dataDir)))
    missing.push('BULKHEAD_MASTER_KEY is missing: set 32 random bytes as base64, for example from `openssl rand -base64 32`.')
  if (!settings.rootKey) missing.push('BULKHEAD_ACCESS_KEY_ID and BULKHEAD_SECRET_ACCESS_KEY are missing: set the root credential of the account.')
  return missing
}

/** Where the generated master key lies. */
export function masterKeyFile(dataDir: string): string {
  return join(dataDir, 'master.key')
}

function readFileSettings({ flags, environment }: SettingSources, problems: string[]): Record<string, string> {
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

function readTls(certFile: string | undefined, keyFile: string | undefined, problems: string[]): { cert: string; key: string } | undefined {
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

function parseListen(text: string): Listen | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match && port <= 65_535 ? { host: match[1] ?? match[2] ?? '', port } : undefined
}

function parseServer(text: string): string | undefined {
  if (isIP(text)) return isIP(text) === 6 ? `[${text}]:53` : `${text}:53`
  const server = parseListen(text)
  if (!server || !isIP(server.host)) return undefined
  return isIP(server.host) === 6 ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`
}

function parseHostname(text: string): string | undefined {
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  return text.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(text.toLowerCase()) ? text.toLowerCase() : undefined
}

function parseEgress(hostname: string): (text: string) => Egress | undefined {
  return (text) => {
    const [address = '', name = hostname] = text.split('/')
    const ehloName = parseHostname(name)
    return isIP(address) && ehloName ? { address, ehloName } : undefined
  }
}

function parseRoutes(text: string): Map<string, Listen[]> | undefined {
  const routes = new Map<string, Listen[]>()
  for (const part of text.split(',')) {
    const [domain = '', target = ''] = part.split('=').map((side) => side.trim())
    const listen = parseListen(target)
    if (!listen || (domain !== '*' && !parseHostname(domain))) return undefined
    routes.set(domain.toLowerCase(), [...(routes.get(domain.toLowerCase()) ?? []), listen])
  }
  return routes
}

function parseMasterKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 32 && bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return bytes
  return text.length >= 32 ? scryptSync(text, 'bulkhead master key', 32) : undefined
}

function parseEach<T>(text: string, parse: (part: string) => T | undefined): T[] | undefined {
  const parts = text.split(',').map((part) => parse(part.trim()))
  return parts.every((part) => part !== undefined) ? (parts as T[]) : undefined
}

function parseWhole(least: number, most: number): (text: string) => number | undefined {
  return (text) => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined)
}
