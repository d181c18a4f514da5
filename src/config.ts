// The only reader of the environment: settings from flags, environment and a file, judged once, all problems told at once.
// The table below is the contract; docs/reference/settings.md is generated from it.
import { scryptSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { nearest } from './kit/nearest.ts'
import { networkSet } from './kit/public-address.ts'

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
    meaning:
      'Where people reach our HTTP door from outside, for links in verification mails and unsubscribe links (`https://` for one-click); default from the host name (production) or `BULKHEAD_HTTP`.',
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
  {
    name: 'BULKHEAD_ALLOW_TARGETS',
    default: '',
    meaning: 'Networks `cidr,…` that URLs which callers give (files to import) may lead to although they are not public; loopback in development mode.',
  },
  { name: 'BULKHEAD_S3_ENDPOINT', default: '', meaning: 'URL of an S3-compatible store for `s3://` URLs of imports and exports; default AWS itself.' },
  { name: 'BULKHEAD_S3_REGION', default: 'us-east-1', meaning: 'Its region.' },
  { name: 'BULKHEAD_S3_ACCESS_KEY_ID', default: '', meaning: 'Access key of that store; without it `s3://` URLs are refused.' },
  { name: 'BULKHEAD_S3_SECRET_ACCESS_KEY', default: '', meaning: 'Its secret.' },
  {
    name: 'BULKHEAD_EXPORTS_URL',
    default: '',
    meaning: '`s3://bucket/prefix` where the files of exports go; default the folder `exports` of the data directory.',
  },
  {
    name: 'BULKHEAD_EGRESS',
    default: '',
    meaning: 'Our sending addresses `ip/ehlo-name,…`; default the address the system chooses, with the host name (development).',
  },
  {
    name: 'BULKHEAD_WARMUP',
    default: 'auto',
    meaning:
      'For which mail the caps of addresses that are warming up count: `auto` (production: mail by MX records, not by static routes; development: none) or `everywhere`.',
  },
  {
    name: 'BULKHEAD_BLOCK_LISTS',
    default: '',
    meaning: 'DNS block lists `zone,…` that are asked about our sending addresses, or `off`; default `zen.spamhaus.org` (production) or none (development).',
  },
  {
    name: 'BULKHEAD_DNSSEC',
    default: 'off',
    meaning:
      '`on` says that the servers of `BULKHEAD_RESOLVER` validate DNSSEC and that nobody on the way to them can change an answer (loopback): DANE is then enforced.',
  },
  {
    name: 'BULKHEAD_TLS_REPORTS',
    default: '',
    meaning: 'Daily reports of TLS sessions to the recipient domains that ask for them, `on` or `off`; default `on` (production) or `off` (development).',
  },
  { name: 'BULKHEAD_PROVIDER_DKIM', default: 'on', meaning: '`off` leaves out the second DKIM signature, that of the host name.' },
  {
    name: 'BULKHEAD_DKIM_ROTATION_DAYS',
    default: '',
    meaning:
      'Keys of Easy DKIM older than this are replaced without a gap (production: needs `BULKHEAD_DNS`); unset: only when a caller changes the key length.',
  },
  {
    name: 'BULKHEAD_DKIM_PARENTS',
    default: '',
    meaning: 'Bulkheads of other regions from which deterministic Easy DKIM takes its keys, `region=https://host,…`.',
  },
  { name: 'BULKHEAD_DKIM_PARENT_KEYS', default: '', meaning: 'The access key at each of them, `region=key-id:secret,…`.' },
  {
    name: 'BULKHEAD_SHAPING',
    default: '',
    meaning: 'JSON file with shaping rules and reactions of your own, over those that come with the service; read again when it changes.',
  },
  { name: 'BULKHEAD_VERIFY_INTERVAL_SECONDS', default: '60', meaning: 'How often pending identities are checked.' },
  { name: 'BULKHEAD_WORKERS', default: 'cores', meaning: 'Delivery and signing parallelism.' },
  {
    name: 'BULKHEAD_DISPOSABLE_DOMAINS',
    default: '',
    meaning: 'File with disposable mail domains, one a line, beside those that are known already; `!name` takes one away. Read at the start.',
  },
  {
    name: 'BULKHEAD_MAX_24_HOUR_SEND',
    default: 'unlimited',
    meaning:
      'Daily quota of the account: recipients in any 24 hours, or `unlimited` (also `-1`). `bulkhead account set` changes it while the service runs, and wins.',
  },
  {
    name: 'BULKHEAD_MAX_SEND_RATE',
    default: 'unlimited',
    meaning:
      'Maximum send rate of the account: recipients a second, or `unlimited` (also `-1`). `bulkhead account set` changes it while the service runs, and wins.',
  },
  {
    name: 'BULKHEAD_SANDBOX',
    default: 'off',
    meaning: '`on` keeps the account in the sandbox (200 recipients a day, one a second, verified recipients only) until `bulkhead account grant` lets it out.',
  },
  {
    name: 'BULKHEAD_API_RATE',
    default: 'off',
    meaning:
      'Calls a second of each SES operation that sends nothing (and of `SendCustomVerificationEmail`), as SES limits them to about 1 (`GetEmailTemplate` may be called 50 times, `BatchGetMetricData` 16 times as often).',
  },
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

/** A credential of another Bulkhead. */
interface ParentKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
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
  /** Networks that the SSRF guard lets through. */
  readonly allowTargets: readonly string[]
  readonly s3: { readonly endpoint: string | undefined; readonly region: string; readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
  /** The prefix is empty or ends in a slash. undefined: results stay in the data directory. */
  readonly exportsAt: { readonly bucket: string; readonly prefix: string } | undefined
  readonly egress: readonly Egress[]
  /** The resolver's word on DNSSEC counts. */
  readonly dnssec: boolean
  readonly tlsReports: boolean
  /** For which mail warm-up caps count; `mail-exchangers`: not for static routes. */
  readonly warmupCaps: 'none' | 'mail-exchangers' | 'everywhere'
  readonly providerDkim: boolean
  /** Zones, lower case. */
  readonly blockLists: readonly string[]
  /** undefined: keys of Easy DKIM stay until a caller changes their length. */
  readonly dkimRotationDays: number | undefined
  /** Bulkheads whose DKIM we replicate, by region. */
  readonly dkimParents: ReadonlyMap<string, { readonly endpoint: string } & ParentKey>
  readonly verifyIntervalSeconds: number
  readonly workers: number
  readonly eventDays: number
  /** Recipients in 24 hours and a second; -1: unlimited. */
  readonly max24HourSend: number
  readonly maxSendRate: number
  /** Whether the account starts in the sandbox. */
  readonly sandbox: boolean
  /** Calls a second of an operation that sends nothing; undefined: as many as come. */
  readonly apiRate: number | undefined
  /** From the operator's file; `!name` takes one off the list. */
  readonly disposableDomains: readonly string[]
  /** File of shaping rules. */
  readonly shapingFile: string | undefined
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
    allowTargets: check(
      'BULKHEAD_ALLOW_TARGETS',
      (text) => (networkSet(text.split(',').map((part) => part.trim())) ? text.split(',').map((part) => part.trim()) : undefined),
      'networks like 10.0.0.0/8, separated by commas',
      mode === 'development' ? ['127.0.0.0/8', '::1/128'] : [],
    ),
    s3: readS3(given, problems),
    exportsAt: check('BULKHEAD_EXPORTS_URL', parseExportsUrl, 's3://bucket or s3://bucket/prefix', undefined),
    egress,
    blockLists: check(
      'BULKHEAD_BLOCK_LISTS',
      parseZones,
      'at most 20 zones such as zen.spamhaus.org, separated by commas, or off',
      mode === 'production' ? ['zen.spamhaus.org'] : [],
    ),
    dnssec: check('BULKHEAD_DNSSEC', (text) => ({ on: true, off: false })[text], 'on or off', false),
    tlsReports: check('BULKHEAD_TLS_REPORTS', (text) => ({ on: true, off: false })[text], 'on or off', mode === 'production'),
    warmupCaps: check(
      'BULKHEAD_WARMUP',
      (text) => ({ auto: mode === 'production' ? ('mail-exchangers' as const) : ('none' as const), everywhere: 'everywhere' as const })[text],
      'auto or everywhere',
      mode === 'production' ? 'mail-exchangers' : 'none',
    ),
    providerDkim: check('BULKHEAD_PROVIDER_DKIM', (text) => ({ on: true, off: false })[text], 'on or off', true),
    dkimRotationDays: check('BULKHEAD_DKIM_ROTATION_DAYS', parseWhole(1, 3_650), 'a whole number of 1 to 3,650', undefined),
    dkimParents: readDkimParents(
      check('BULKHEAD_DKIM_PARENTS', parseNamed(parseParent), 'region=https://host, separated by commas; http only on loopback', new Map()),
      check('BULKHEAD_DKIM_PARENT_KEYS', parseNamed(parseParentKey), 'region=key-id:secret, separated by commas', new Map()),
      problems,
    ),
    verifyIntervalSeconds: check('BULKHEAD_VERIFY_INTERVAL_SECONDS', parseWhole(1, 86_400), 'a whole number of 1 to 86,400', 60),
    workers: check('BULKHEAD_WORKERS', parseWhole(1, 256), 'a whole number of 1 to 256', availableParallelism()),
    shapingFile: given('BULKHEAD_SHAPING') || undefined,
    disposableDomains: readDomains(given('BULKHEAD_DISPOSABLE_DOMAINS'), problems),
    max24HourSend: check('BULKHEAD_MAX_24_HOUR_SEND', parseQuota, 'a whole number of 1 to 999,999,999, or unlimited', -1),
    maxSendRate: check('BULKHEAD_MAX_SEND_RATE', parseQuota, 'a whole number of 1 to 999,999,999, or unlimited', -1),
    sandbox: check('BULKHEAD_SANDBOX', (text) => ({ on: true, off: false })[text], 'on or off', false),
    apiRate:
      check<number | false>(
        'BULKHEAD_API_RATE',
        (text) => (text === 'off' ? false : parseWhole(1, 1_000_000)(text)),
        'a whole number of 1 to 1,000,000, or off',
        false,
      ) || undefined,
    eventDays: check('BULKHEAD_EVENT_DAYS', parseWhole(1, 3_650), 'a whole number of 1 to 3,650', 30),
    logLevel: check(
      'BULKHEAD_LOG_LEVEL',
      (text) => (['debug', 'info', 'warn', 'error', 'silent'].includes(text) ? text : undefined),
      'debug, info, warn, error or silent',
      'warn',
    ),
  }
  if (settings.dkimParents.has(settings.region)) problems.push('BULKHEAD_DKIM_PARENTS must not name our own region.')
  if (settings.exportsAt && !settings.s3) problems.push('BULKHEAD_S3_ACCESS_KEY_ID is missing: BULKHEAD_EXPORTS_URL needs it.')
  if (settings.dnssec && settings.resolver.length === 0) problems.push('BULKHEAD_RESOLVER is missing: BULKHEAD_DNSSEC needs to know which servers validate.')
  if (mode === 'production') problems.push(...missingInProduction(settings))
  return problems.length > 0 ? { problems } : { settings }
}

/** Names that no setting has and that are meant for other parts. */
const otherNames = /^BULKHEAD_(DEBUG$|TEST_)/

/** A line for each name in the environment that looks like a setting and is none: nothing reads it, so a typing error must not stay silent. */
export function unknownSettings(environment: SettingSources['environment']): string[] {
  const known = settingRows.map(({ name }) => name.slice(prefix.length))
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && !otherNames.test(name) && !known.includes(name.slice(prefix.length)))
    .map((name) => {
      const [hint] = nearest(name.slice(prefix.length).slice(0, nameLengthLookedAt), known)
      return `${name.slice(0, nameLengthLookedAt)} is not a setting and changes nothing.${hint === undefined ? '' : ` Did you mean ${prefix}${hint}?`}`
    })
}

const prefix = 'BULKHEAD_'
const nameLengthLookedAt = 100

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
  if (settings.dkimRotationDays !== undefined && !settings.dns)
    missing.push('BULKHEAD_DNS is missing: BULKHEAD_DKIM_ROTATION_DAYS makes new keys, and only the own zone can publish them.')
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

function readDomains(path: string | undefined, problems: string[]): string[] {
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

/** Every parent needs a key, and every key a parent. */
function readDkimParents(endpoints: Map<string, string>, keys: Map<string, ParentKey>, problems: string[]): Settings['dkimParents'] {
  for (const region of keys.keys())
    if (!endpoints.has(region)) problems.push(`BULKHEAD_DKIM_PARENTS is missing: BULKHEAD_DKIM_PARENT_KEYS has a key for ${region}.`)
  const parents = new Map<string, { endpoint: string } & ParentKey>()
  for (const [region, endpoint] of endpoints) {
    const key = keys.get(region)
    if (key) parents.set(region, { endpoint, ...key })
    else problems.push(`BULKHEAD_DKIM_PARENT_KEYS is missing: BULKHEAD_DKIM_PARENTS needs the key for ${region}.`)
  }
  return parents
}

/** `name=value,…` with region names. */
function parseNamed<T>(parse: (text: string) => T | undefined): (text: string) => Map<string, T> | undefined {
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
function parseParent(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, username, search, hash } = new URL(text)
  const loopback = /^127\.\d+\.\d+\.\d+$|^\[::1\]$|^localhost$/.test(hostname)
  if (username || search || hash || (protocol !== 'https:' && !(protocol === 'http:' && loopback))) return undefined
  return text.replace(/\/+$/, '')
}

function parseParentKey(text: string): ParentKey | undefined {
  const [, accessKeyId, secretAccessKey] = /^(\w{16,128}):(\S+)$/.exec(text) ?? []
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined
}

function readS3(given: (name: SettingName) => string | undefined, problems: string[]): Settings['s3'] {
  const [accessKeyId, secretAccessKey] = [given('BULKHEAD_S3_ACCESS_KEY_ID'), given('BULKHEAD_S3_SECRET_ACCESS_KEY')]
  const endpoint = given('BULKHEAD_S3_ENDPOINT')
  if (endpoint && !(URL.canParse(endpoint) && /^https?:/.test(endpoint))) problems.push('BULKHEAD_S3_ENDPOINT must be an http or https URL.')
  if (accessKeyId && !secretAccessKey) problems.push('BULKHEAD_S3_SECRET_ACCESS_KEY is missing: BULKHEAD_S3_ACCESS_KEY_ID needs it.')
  if (!accessKeyId && (secretAccessKey || endpoint))
    problems.push(`BULKHEAD_S3_ACCESS_KEY_ID is missing: ${secretAccessKey ? 'BULKHEAD_S3_SECRET_ACCESS_KEY' : 'BULKHEAD_S3_ENDPOINT'} needs it.`)
  return accessKeyId && secretAccessKey ? { endpoint, region: given('BULKHEAD_S3_REGION') ?? 'us-east-1', accessKeyId, secretAccessKey } : undefined
}

function parseExportsUrl(text: string): Settings['exportsAt'] {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? []
  return bucket === undefined ? undefined : { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` }
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

/** Twenty are more than anybody heeds, and each costs two questions more than there are addresses. */
const blockListsMax = 20

function parseZones(text: string): string[] | undefined {
  if (text === 'off') return []
  const zones = parseEach(text, (part) => (part.includes('.') ? parseHostname(part) : undefined))
  return zones && zones.length <= blockListsMax ? [...new Set(zones)] : undefined
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

function parseQuota(text: string): number | undefined {
  return text === 'unlimited' || text === '-1' ? -1 : parseWhole(1, 999_999_999)(text)
}
