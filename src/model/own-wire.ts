// Wire shapes of the operations SES lacks, under /bulkhead/v1/. Used by api/, cli/ and the console.
// Names are PascalCase as in SES; times are ISO 8601 with milliseconds and Z.

/** GET /bulkhead/v1/queue?TenantName=&MessageId=&PoolName=&NextToken=&PageSize= (with PoolName a page may hold fewer, or none, and go on) */
export interface ListQueueAnswer {
  Entries: QueueItem[]
  /** Entries in the whole queue. */
  Total: number
  NextToken: string | null
}

/** One recipient that waits or is under way. */
export interface QueueItem {
  MessageId: string
  Recipient: string
  TenantName: string | null
  ConfigurationSetName: string | null
  /** Where it waits: the pool of its mail, our address that it leaves by, and what is known of its destination. */
  PoolName: string | null
  Ip: string | null
  Provider: string | null
  MailExchangers: string[]
  /** Bulk mail lets the transactional mail of its tenant go first. */
  Class: 'TRANSACTIONAL' | 'BULK'
  /** WAITING: not due yet, or a limit of its tenant keeps it. DUE: may go, and its turn has not come. ACTIVE: held by the delivery road now. HELD: a pause keeps it. */
  State: 'WAITING' | 'DUE' | 'ACTIVE' | 'HELD'
  /** Why it is not gone yet, for people. */
  Reason: string
  /** Since when it waits. */
  AcceptedTimestamp: string
  /** Not before; while a limit or replies keep it, when they let it go. A pause (HELD) has no end that is known. */
  NextAttemptTimestamp: string
  ExpiryTimestamp: string
  Attempts: number
  LastReply: string | null
}

/** Limits of one group; an absent one does not limit. */
export interface LimitsOnWire {
  /** Messages a second, and how many at once after a rest. */
  RatePerSecond?: number
  Burst?: number
  /** In any 60 minutes, in any 24 hours. */
  PerHour?: number
  PerDay?: number
}

/** GET /bulkhead/v1/tenants/{TenantName}: what GetTenant answers, with what is our own. PUT and DELETE …/limits answer the same. */
export interface TenantAnswer {
  TenantName: string
  TenantId: string
  TenantArn: string
  CreatedTimestamp: string
  SendingStatus: 'ENABLED' | 'REINSTATED' | 'DISABLED'
  /** The pool of its mail whose configuration set names none; null: the account's. PUT and DELETE …/pool change it. */
  PoolName: string | null
  /** Weight: 1 … 100, 10 when absent. IpSharePercent: of one address's connections to one site. */
  Limits: LimitsOnWire & { Weight?: number; IpSharePercent?: number; Providers?: Record<string, LimitsOnWire> }
  /** Messages that started under these limits, as of a few seconds ago; null while the tenant has no limits or sent nothing under them. */
  Usage: { LastHour: number; Last24Hours: number; Providers: Record<string, { LastHour: number; Last24Hours: number }> } | null
  /** The limit that keeps mail back now, for people; null: none. */
  Waiting: { Limit: string; Until: string } | null
}

/** GET /bulkhead/v1/shaping?Recipient=&Address= (Recipient: an address or a domain; Address: one of our sending addresses) */
export interface ExplainShapingAnswer {
  Domain: string
  /** Where mail for the domain goes; empty with a Problem. */
  MailExchangers: string[]
  Provider: string | null
  Address: string | null
  /** Why nothing is shaped, or why the destination is not known. */
  Problem: string | null
  /** What applies, each with the rule that says so. */
  Values: { Name: string; Value: number; Rule: string }[]
  /** What replies make us do, in the order in which they are asked. */
  Reactions: { Name: string; Answers: string; Does: string }[]
  /** Connections of this address to the provider or site, what keeps everything back now, and whose mail alone waits (the first hundred). */
  Now: {
    Connections: number
    ConnectionsMax: number | null
    Hold: { Until: string; Why: string } | null
    Tenants: { TenantName: string; Until: string; Why: string }[]
  }
}

/** GET /bulkhead/v1/ips: the sending addresses of this node. PUT …/pools/{PoolName}/warmup-plan?DailyCaps=50,100 and DELETE answer the same. */
export interface ListIpsAnswer {
  /** For which mail warm-up caps count: never (development), mail by MX records, or static routes as well. */
  CapsCount: 'NEVER' | 'MAIL_EXCHANGERS' | 'EVERYWHERE'
  AccountPool: string | null
  Plans: { PoolName: string; DailyCaps: number[] }[]
  Ips: IpItem[]
}

/** One sending address. */
export interface IpItem {
  Ip: string
  EhloName: string
  PoolName: string
  ScalingMode: 'STANDARD' | 'MANAGED'
  WarmupStatus: 'IN_PROGRESS' | 'DONE' | 'NOT_APPLICABLE'
  /** -1: managed. */
  WarmupPercentage: number
  /** Messages of this UTC day; null: no cap, or one for each provider. */
  CapToday: number | null
  /** Attempts under a cap; null: nothing is counted. */
  UsedToday: number | null
  /** No room before; null: there is. */
  FullUntil: string | null
  /** In a managed pool. `mx …` names mail exchangers of nobody in particular. Warmth: share of the full volume. */
  Providers: { Provider: string; CapToday: number; UsedToday: number; Warmth: number; FullUntil: string | null }[]
}

/** GET /bulkhead/v1/events?After=&TenantName=&MessageId=&Types=SEND,BOUNCE&Limit=&WaitSeconds= (After=latest: only new ones) */
export interface ListEventsAnswer {
  Events: { Position: number; EventId: string; Record: Record<string, unknown> }[]
  /** Give it as After to go on. */
  NextPosition: number
}

/** GET /bulkhead/v1/inbox?Recipient=&After=&Limit=&Newest=true (development mode). Oldest first; Newest: the last Limit of them instead of the first. */
export interface ListInboxAnswer {
  Messages: InboxItem[]
  /** For the recipient, or all. */
  Total: number
  /** In the inbox, for whomever. */
  Kept: number
}

/** One message that the built-in far server received. */
export interface InboxItem {
  /** Rises from 1. */
  Id: number
  ReceivedTimestamp: string
  EnvelopeSender: string
  Recipients: string[]
  From: string | null
  To: string | null
  Subject: string | null
  /** Bytes of the message. */
  Size: number
  /** d= and s= of each DKIM-Signature field; not a judgement. */
  Signatures: { Domain: string; Selector: string }[]
}

/** GET /bulkhead/v1/inbox/{Id}: the item and the message as received. */
export interface GetInboxMessageAnswer {
  Message: InboxItem
  /** Base64 of the bytes. */
  Source: string
}

/** GET /bulkhead/v1/account; PUT …/account/quota?Max24HourSend=&MaxSendRate= and …/account/review?Status=GRANTED|DENIED answer the same. -1: unlimited. */
export interface AccountAnswer {
  ProductionAccessEnabled: boolean
  SendingEnabled: boolean
  /** The pool of mail that no pool is named for; null: the addresses outside all pools. PUT …/account/pool changes it. */
  DefaultPool: string | null
  /** What counts now. */
  SendQuota: { Max24HourSend: number; MaxSendRate: number; SentLast24Hours: number }
  /** What counts outside the sandbox. */
  ProductionQuota: { Max24HourSend: number; MaxSendRate: number }
  /** The request for production access; null when nobody asked. */
  Review: { Status: 'PENDING' | 'GRANTED' | 'DENIED'; CaseId: string } | null
  /** What the account's holder said of its mail. */
  Details: { MailType: string; WebsiteURL: string; UseCaseDescription: string | null } | null
}

/** POST /bulkhead/v1/third-party-figures with JSON lines or CSV as the body: provider, one of tenant, domain and ip, day, sent, and complaints or rate. */
export interface PutThirdPartyFiguresAnswer {
  /** New or changed. */
  Recorded: number
  /** Known already in the same words. */
  Unchanged: number
  /** Lines that say nothing usable; the others count. */
  Failed: { Line: number; Reason: string }[]
}

/** GET /bulkhead/v1/third-party-figures?TenantName=&Days=14&NextToken=&PageSize=, oldest day first; of one tenant all at once. */
export interface ListThirdPartyFiguresAnswer {
  Figures: ThirdPartyFigureItem[]
  /** With TenantName: the third-party complaint rate of these days, 0 … 1; null: no figure tells both rate and volume. */
  Rate: { Rate: number; Complaints: number; Sent: number; Days: string[] } | null
  /** How the sources stand that were ever asked. */
  Sources: { Source: string; LastSuccessTimestamp: string | null; NextTimestamp: string; Problem: string | null }[]
  NextToken: string | null
}

/** What a provider told of one day. With TenantName, Sent and Complaints are the tenant's part. */
export interface ThirdPartyFigureItem {
  Provider: string
  Day: string
  /** postmaster-tools, snds or import */
  Source: string
  /** What the source calls it. */
  Key: string
  /** Shares of its mail, 0 … 1; empty: nobody's, or not known yet. */
  Tenants: { TenantName: string; Share: number }[]
  Sent: number | null
  Complaints: number | null
  /** 0 … 1 */
  Rate: number | null
  /** The source only says that the rate is below this. */
  RateBelow: number | null
  FilterResult: 'GREEN' | 'YELLOW' | 'RED' | null
  TrapHits: number | null
}

/** POST /bulkhead/v1/dkim-replicas?Identity=&ReplicaRegion=&ReplicaHost=&PublicKey= (DELETE without PublicKey ends the lease) */
export interface ReplicateDkimKeyAnswer {
  /** Three; the first one signs at the parent. */
  Tokens: string[]
  SigningHostedZone: string
  NextSigningKeyLength: 'RSA_1024_BIT' | 'RSA_2048_BIT'
  LastKeyGenerationTimestamp: string | null
  /** PKCS#8 PEM sealed for `PublicKey` (kit/transport-seal.ts) in the context of `dkimReplicaContext`; null while the parent has no key yet. */
  SealedPrivateKey: string | null
}

/** What a sealed key belongs to: it opens for this question only. */
export function dkimReplicaContext(replica: { readonly name: string; readonly region: string; readonly host: string }): string {
  return `dkim replica ${replica.name} ${replica.region} ${replica.host}`
}

/** POST /bulkhead/v1/feedback?TrustReporters= with a mail as the body. */
export interface ImportFeedbackAnswer {
  /** `bounce`, `complaint`, `delay` and `not-spam` changed something; every other word says why nothing did. */
  Result: string
  /** The message and the recipient that its token named. */
  MessageId: string | null
  Recipient: string | null
}
