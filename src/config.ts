// The only reader of the environment: settings from flags, environment and a file, judged once, all problems told at once.
// The table of settings is config/setting-rows.ts, what they become is config/settings.ts.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { missingInProduction } from './config/missing-in-production.ts'
import {
  parseEach,
  parseEgress,
  parseExportsUrl,
  parseHostname,
  parseListen,
  parseMasterKey,
  parseNamed,
  parseParent,
  parseParentKey,
  parseQuota,
  parseRoutes,
  parseSecretLink,
  parseServer,
  parseWhole,
  parseZones,
} from './config/parse-values.ts'
import { readDomains, readFileSettings, readTls } from './config/read-files.ts'
import { flagOf, type SettingName, settingRows, type SettingSources } from './config/setting-rows.ts'
import type { Listen, ParentKey, Settings } from './config/settings.ts'
import { nearest } from './kit/nearest.ts'
import { networkSet } from './kit/public-address.ts'

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
    feedback:
      check<Listen | false>(
        'BULKHEAD_FEEDBACK',
        (text) => (text === 'off' ? false : parseListen(text)),
        'host:port, or off',
        parseListen(fallback('BULKHEAD_FEEDBACK')) ?? false,
      ) || undefined,
    complaintReporters: check(
      'BULKHEAD_COMPLAINT_REPORTERS',
      parseZones,
      'at most 20 domains such as arf.mail.yahoo.com, separated by commas, or off',
      parseZones(fallback('BULKHEAD_COMPLAINT_REPORTERS')) ?? [],
    ),
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
    postmaster: postmasterAt(
      check('BULKHEAD_POSTMASTER_CREDENTIALS', (path) => (existsSync(path) ? path : undefined), 'a file that exists', undefined),
      check('BULKHEAD_POSTMASTER_URL', parseParent, 'https://host; http only on loopback', fallback('BULKHEAD_POSTMASTER_URL')),
    ),
    snds: sndsAt(
      check('BULKHEAD_SNDS_CREDENTIALS', (path) => (existsSync(path) ? path : undefined), 'a file that exists', undefined),
      check('BULKHEAD_SNDS_API_URL', parseParent, 'https://host/path; http only on loopback', fallback('BULKHEAD_SNDS_API_URL')),
      check('BULKHEAD_SNDS_URL', parseSecretLink, 'an https URL without user name; http only on loopback', undefined),
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
  if (given('BULKHEAD_SNDS_CREDENTIALS') && given('BULKHEAD_SNDS_URL')) problems.push('BULKHEAD_SNDS_CREDENTIALS and BULKHEAD_SNDS_URL: set one of them.')
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

function readS3(given: (name: SettingName) => string | undefined, problems: string[]): Settings['s3'] {
  const [accessKeyId, secretAccessKey] = [given('BULKHEAD_S3_ACCESS_KEY_ID'), given('BULKHEAD_S3_SECRET_ACCESS_KEY')]
  const endpoint = given('BULKHEAD_S3_ENDPOINT')
  if (endpoint && !(URL.canParse(endpoint) && /^https?:/.test(endpoint))) problems.push('BULKHEAD_S3_ENDPOINT must be an http or https URL.')
  if (accessKeyId && !secretAccessKey) problems.push('BULKHEAD_S3_SECRET_ACCESS_KEY is missing: BULKHEAD_S3_ACCESS_KEY_ID needs it.')
  if (!accessKeyId && (secretAccessKey || endpoint))
    problems.push(`BULKHEAD_S3_ACCESS_KEY_ID is missing: ${secretAccessKey ? 'BULKHEAD_S3_SECRET_ACCESS_KEY' : 'BULKHEAD_S3_ENDPOINT'} needs it.`)
  return accessKeyId && secretAccessKey ? { endpoint, region: given('BULKHEAD_S3_REGION') ?? 'us-east-1', accessKeyId, secretAccessKey } : undefined
}

function sndsAt(credentialsFile: string | undefined, endpoint: string, url: string | undefined): Settings['snds'] {
  if (credentialsFile !== undefined) return { credentialsFile, endpoint }
  return url === undefined ? undefined : { url }
}

function postmasterAt(credentialsFile: string | undefined, endpoint: string): Settings['postmaster'] {
  return credentialsFile === undefined ? undefined : { credentialsFile, endpoint }
}
