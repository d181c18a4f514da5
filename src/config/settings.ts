// What the service is told: settings as values, judged. Only the root reads them; every part gets what it needs as parameters.

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
export interface ParentKey {
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
  readonly feedback: Listen | undefined
  /** DKIM domains, lower case. */
  readonly complaintReporters: readonly string[]
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
  /** Google's complaint figures; undefined: not asked for. */
  readonly postmaster: { readonly credentialsFile: string; readonly endpoint: string } | undefined
  /** Microsoft's, by its API or by a link, which is a secret; undefined: not asked for. */
  readonly snds: { readonly credentialsFile: string; readonly endpoint: string } | { readonly url: string } | undefined
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
