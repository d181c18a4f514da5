// The table of settings: the contract with people; docs/reference/settings.md is generated from it.
// What a value must look like stands in `readSettings` (src/config.ts).

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
    meaning: 'Where bounces and complaints come in over SMTP (production: port 25), or `off`: they are only imported.',
  },
  {
    name: 'BULKHEAD_COMPLAINT_REPORTERS',
    default: 'arf.mail.yahoo.com,staff.hotmail.com,senderscore.net',
    meaning:
      'DKIM domains `domain,…` of the feedback loops whose reports are believed at `complaints@` and its like, domains below them included, or `off`; takes the place of the default.',
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
  {
    name: 'BULKHEAD_ROUTES',
    default: '',
    meaning:
      "Static routes `domain=host:port,…`, `*` for the rest; loopback is reached only by this. A route for a domain of a known provider (`gmail.com=…`) keeps that provider's rules and limits.",
  },
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
  {
    name: 'BULKHEAD_POSTMASTER_CREDENTIALS',
    default: '',
    meaning:
      "File with the operator's credential for Gmail's Postmaster Tools (the JSON of a service account's key, or of an authorized user); unset: Gmail's complaint figures are not asked for.",
  },
  { name: 'BULKHEAD_POSTMASTER_URL', default: 'https://gmailpostmastertools.googleapis.com', meaning: 'Where the Postmaster Tools API v2 is.' },
  {
    name: 'BULKHEAD_SNDS_CREDENTIALS',
    default: '',
    meaning:
      "File with the operator's sign-in for the API of Microsoft's SNDS (JSON with `refresh_token`); unset: Microsoft's complaint figures are not asked for.",
  },
  { name: 'BULKHEAD_SNDS_API_URL', default: 'https://substrate.office.com/ip-domain-management-snds', meaning: 'Where the SNDS API is.' },
  {
    name: 'BULKHEAD_SNDS_URL',
    default: '',
    meaning: 'Instead of that, a link that answers SNDS data as CSV, as links for automated access did; a secret because it holds its key.',
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
  {
    name: 'BULKHEAD_EVENT_DAYS',
    default: '30',
    meaning: 'How long the event log is kept. What a message was is known for 36 days at least, because bounces and complaints come so late.',
  },
  { name: 'BULKHEAD_LOG_LEVEL', default: 'warn', meaning: '`debug`, `info`, `warn`, `error` or `silent`; lines go to standard error as JSON.' },
] as const satisfies readonly SettingRow[]

/** The name of one of them. */
export type SettingName = (typeof settingRows)[number]['name']

/** Names of the flags: `BULKHEAD_DATA_DIR` is `data-dir`. */
export function flagOf(settingName: string): string {
  return settingName.slice('BULKHEAD_'.length).toLowerCase().replaceAll('_', '-')
}

/** Where settings come from. */
export interface SettingSources {
  /** Flag name without dashes (`data-dir`) to value. */
  readonly flags: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string | undefined>>
}
