// The root: builds every part from the settings, starts them in order, and stops them in the order that loses nothing. It does no work itself.
import { createPrivateKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureRootKey, hasSealedSecrets } from './access/root-key.ts'
import { smtpPassword } from './access/smtp-password.ts'
import { createHttpDoor } from './api/server.ts'
import * as ownOperations from './api/services/own/index.ts'
import * as operations from './api/services/ses/index.ts'
import { masterKeyFile } from './config/missing-in-production.ts'
import type { Listen, Settings } from './config/settings.ts'
import { startDelivery } from './delivery/deliver-due.ts'
import { createPoolStates } from './delivery/warmup/pool-states.ts'
import { type Development, startDevelopment } from './development/start-development.ts'
import { openSigningZoneDoor } from './dns/signing-zone-door.ts'
import { keepEvents } from './events/keep-events.ts'
import { createAddressJudge } from './insights/address/address-insights.ts'
import { startImports } from './imports/start-imports.ts'
import { startMetricCollection } from './insights/collect-metrics.ts'
import { startExports } from './insights/start-exports.ts'
import { type FeedbackDoor, openFeedbackDoor } from './feedback/mail/feedback-door.ts'
import { openOperatorMailbox } from './feedback/mail/operator-mailbox.ts'
import { startFeedbackSimulator } from './feedback/mail/simulate-feedback.ts'
import { createFeedbackTaker } from './feedback/mail/take-feedback.ts'
import { createReporterProof } from './feedback/mail/verify-reporter.ts'
import { openEngagementBuffer } from './feedback/tracking/engagement-buffer.ts'
import { trackingRoutes } from './feedback/tracking/tracking-pages.ts'
import { unsubscribeByMail } from './feedback/unsubscribe-by-mail.ts'
import { unsubscribePage } from './feedback/unsubscribe-page.ts'
import { unsubscribeRoutes } from './feedback/unsubscribe-routes.ts'
import { createIntake } from './intake/create-intake.ts'
import { openSendAllowance } from './intake/send-allowance.ts'
import { type Clock, systemClock } from './kit/clock.ts'
import { systemDial } from './kit/dial.ts'
import { openDns } from './kit/dns.ts'
import { openValidatingDns } from './kit/validating-dns.ts'
import { type Log, openLog } from './kit/log.ts'
import { createMetrics } from './kit/metrics.ts'
import { isLoopbackHost, networkSet } from './kit/public-address.ts'
import { readOrMakePrivateFile, writePrivateFile } from './kit/private-file.ts'
import { type Random, systemRandom } from './kit/random.ts'
import { createSealer } from './kit/seal.ts'
import { selfSignedCertificate } from './kit/self-signed-certificate.ts'
import { downloadPage } from './objects/download-page.ts'
import { openObjects } from './objects/objects.ts'
import { openReturnPathTokens } from './mail/return-path.ts'
import { isRefusal } from './model/refusal.ts'
import { readAccount } from './resources/account.ts'
import { commitDecision } from './resources/commit-record.ts'
import { configurationSets } from './resources/configuration-sets.ts'
import { pausedDeletions } from './resources/delete-tenant.ts'
import { expectedDnsRecords, signingZone } from './resources/dns-records.ts'
import { identities } from './resources/identities.ts'
import { noteAddresses } from './resources/note-addresses.ts'
import { ensureProviderKey } from './resources/provider-key.ts'
import { answerSigningZone } from './resources/signing-zone.ts'
import { finishContactListDeletions } from './resources/delete-contact-list.ts'
import { finishTenantDeletions } from './resources/sweep-tenant.ts'
import { tenantLimits, tenantUsage } from './resources/tenant-limits.ts'
import { tenants } from './resources/tenants.ts'
import { trackingLinks } from './resources/tracking-link.ts'
import { unsubscribeAddresses } from './resources/unsubscribe-address.ts'
import { unsubscribeTokens } from './resources/unsubscribe-link.ts'
import { createSubmissionDoor } from './smtp/server.ts'
import { startThirdParty } from './third-party/start-third-party.ts'
import { openEmbeddedStore } from './storage/engines.ts'
import type { Store } from './storage/store.ts'
import { watchBlockLists } from './verification/block-lists/watch-block-lists.ts'
import { createDkimParents } from './verification/dkim-parents.ts'
import { startVerification } from './verification/start-verification.ts'
import { verificationMail } from './verification/verification-mail.ts'
import { verificationPage } from './verification/verification-page.ts'

/** SIGTERM to exit: systemd and Kubernetes wait 30 s and more; running SMTP transactions, in and out, get most of it together. */
const drainMs = 20_000
/** What outgoing transactions still get when a client of ours took all of that for its message. */
const deliveryDrainMsMin = 3_000

/** A running service. */
export interface Service {
  /** URL of the API. */
  readonly endpoint: string
  readonly http: Listen
  readonly smtp: Listen
  readonly smtps: Listen
  /** undefined: not opened. */
  readonly feedback: Listen | undefined
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly smtpPassword: string }
  /** PEM of the certificate of the SMTP ports. */
  readonly certificate: string
  /** The TXT record of the second signature, to publish. */
  readonly providerRecord: { readonly name: string; readonly text: string }
  /** Development mode only. */
  readonly development: Development | undefined
  /** Drains and stops: no new mail is accepted, running transactions finish, the rest stays in the spool. Repeatable. */
  close(): Promise<void>
}

/** Replaces the machine's clock, chance and log; for tests. */
export interface Surroundings {
  readonly clock?: Clock
  readonly random?: Random
  readonly log?: Log
}

/**
 * Starts everything; the doors are open when it resolves.
 * @throws Error when something cannot start (port taken, data directory in use or not writable, wrong master key); what had started is stopped.
 */
export async function startService(
  settings: Settings,
  { clock = systemClock, random = systemRandom, log = openLog(settings.logLevel) }: Surroundings = {},
): Promise<Service> {
  const stops: (() => Promise<void>)[] = []
  const ending = { by: 0 }
  const close = once(async () => {
    ending.by = clock.now() + drainMs
    for (const stop of stops.reverse()) await stop().catch((fault) => log.error({ err: String(fault) }, 'a part did not stop cleanly'))
  })
  try {
    return await build(settings, { clock, random, log, ending }, stops, close)
  } catch (fault) {
    await close()
    throw fault
  }
}

async function build(
  settings: Settings,
  surroundings: Required<Surroundings> & { /** When the drain is over, once it began. */ readonly ending: { readonly by: number } },
  stops: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Service> {
  const { clock, random, log, ending } = surroundings
  const { hostname } = settings
  const home = { region: settings.region, accountId: settings.accountId }
  const metrics = createMetrics()
  const stopping = new AbortController()

  // Ground: store and secrets.
  // The store first: it takes the directory for this process, so that two first starts at once cannot both make a master key.
  const store = await openEmbeddedStore({ dataDir: settings.dataDir, clock, log, metrics })
  stops.push(() => store.close())
  const keyFile = masterKeyFile(settings.dataDir)
  if (!settings.masterKey && !existsSync(keyFile) && (await hasSealedSecrets(store))) {
    throw new Error(`${keyFile} is missing: it opens the secrets of this data directory. Put it back, or set BULKHEAD_MASTER_KEY.`)
  }
  const masterKey = settings.masterKey ?? Buffer.from(await readOrMakePrivateFile(keyFile, () => random.bytes(32).toString('base64')), 'base64')
  const sealer = createSealer(masterKey, random)
  const rootKey = await ensureRootKey({ store, sealer, random, clock, home }, settings.rootKey)
  const providerKey = await ensureProviderKey(store, sealer, clock)
  await finishTenantDeletions(store)
  await finishContactListDeletions(store)
  const certificate = settings.tls ?? (await ownCertificate(settings, { clock, random }))

  // The world outside, in development mode.
  const providerRecord = { name: `${providerKey.selector}._domainkey.${hostname}`, text: providerKey.recordText }
  const development =
    settings.mode === 'development'
      ? await startDevelopment({
          clock,
          log,
          hostname,
          tls: certificate,
          expectedRecords: async (name) => {
            const identity = await store.get(identities, name)
            return identity
              ? expectedDnsRecords(identity.value, hostname).map((record) =>
                  record.type === 'MX' ? { ...record, value: `${record.preference} ${record.value}` } : record,
                )
              : []
          },
          ownRecord: async (name) => {
            if (name === providerRecord.name) return providerRecord.text
            return name.endsWith(`.${signingZone(hostname)}`) ? (await answerSigningZone(store, name))?.[0] : undefined
          },
        })
      : undefined
  if (development) stops.push(() => development.close())
  const servers = settings.resolver.length > 0 ? settings.resolver : development ? [development.dnsAddress] : []
  const dns = settings.dnssec ? openValidatingDns(servers, { clock, random }) : openDns(servers)
  // Development mode: mail goes by the built-in DNS to the far server; with another DNS only a route keeps it on the machine.
  const routes = new Map(settings.routes)
  if (development && settings.resolver.length > 0 && !routes.has('*')) routes.set('*', [{ host: '127.0.0.1', port: development.far.port }])

  // Roads.
  const egressAddresses = settings.egress.map(({ address }) => address)
  const poolStates = createPoolStates({ store, egress: settings.egress, caps: settings.warmupCaps !== 'none', now: () => clock.now() })
  if (settings.warmupCaps !== 'none') await noteNewAddresses(settings, { store, clock, log })
  // Only the operator's own routes say something of a domain, and only those for it alone.
  const routed = new Set(settings.routes.keys())
  const addressJudge = createAddressJudge({ store, clock, log, dns, hostname, routed, disposableDomains: settings.disposableDomains })
  stops.push(() => addressJudge.close())
  const delivery = startDelivery({
    store,
    clock,
    random,
    log,
    metrics,
    home,
    hostname,
    dns,
    dial: systemDial,
    routes,
    shapingFile: settings.shapingFile,
    egress: settings.egress,
    capRoutes: settings.warmupCaps === 'everywhere',
    allowPrivate: development !== undefined,
    ...(development ? { remotePort: development.far.port } : {}),
    sealer,
    signing: {
      provider: settings.providerDkim
        ? { domain: hostname, selector: providerKey.selector, key: createPrivateKey(sealer.open(providerKey.sealedPrivateKey)) }
        : undefined,
      workers: settings.workers,
    },
    transport: {
      allowed: networkSet(settings.allowTargets) ?? { has: () => false },
      sendReport: settings.tlsReports
        ? (report) => intake.acceptSystemMessage(report) // Opened below; a report is never due before its look-up of DNS.
        : undefined,
    },
    judgeRecipient: addressJudge.judgeRecipient,
    states: async ({ tenantName, configurationSetName }) => {
      const configurationSet = configurationSetName ? (await store.get(configurationSets, configurationSetName))?.value : undefined
      return {
        account: (await readAccount(store)).value,
        tenant: tenantName ? (await store.get(tenants, tenantName))?.value : undefined,
        ...(tenantName ? await limitsOf(store, tenantName) : {}),
        orphanedUntil: tenantName ? (await store.get(pausedDeletions, tenantName))?.value.at : undefined,
        configurationSet,
        ...(await poolStates({ setPool: configurationSet?.delivery?.poolName, tenantName })),
      }
    },
  })
  stops.push(() => delivery.close(Math.max(ending.by - clock.now(), deliveryDrainMsMin)))
  const accountDefaults = { startsInSandbox: settings.sandbox, max24HourSend: settings.max24HourSend, maxSendRate: settings.maxSendRate }
  // Before anything counts or sends: it reads how far the log was counted, and the rest of it.
  const allowance = await openSendAllowance({ store, clock, log, hostname, defaults: accountDefaults })
  stops.push(() => allowance.close())
  let publicUrl = settings.publicUrl ?? `https://${hostname}`
  const unsubscribe = unsubscribeTokens(sealer, home.accountId)
  const links = trackingLinks(sealer, home.accountId)
  const unsubscribeMailboxes = unsubscribeAddresses(sealer)
  const intake = createIntake({
    store,
    clock,
    random,
    log,
    home,
    hostname,
    handOver: delivery,
    unsubscribeUrl: (link) => `${publicUrl}/unsubscribe/${unsubscribe.make(link)}`,
    unsubscribeAddress:
      settings.feedback && (development || !isLoopbackHost(settings.feedback.host)) ? (link) => `${unsubscribeMailboxes.make(link)}@${hostname}` : undefined,
    tracking: { links, publicUrl: () => publicUrl },
    allowance,
    simulated: () => simulator.wake(),
  })
  stops.push(() => intake.close())
  const verification = startVerification({
    store,
    clock,
    random,
    log,
    dns,
    hostname,
    sealer,
    intervalMs: settings.verifyIntervalSeconds * 1_000,
    parents: createDkimParents({ parents: settings.dkimParents, region: home.region, hostname, clock }),
    keyAgeMsMax: settings.dkimRotationDays && settings.dkimRotationDays * 86_400_000,
    // In development mode the port is known when the door is open.
    get publicUrl() {
      return publicUrl
    },
    sendVerificationMail: async (address, url) => {
      await intake.acceptSystemMessage({ to: address, ...verificationMail(address, url, home.region) })
    },
  })
  stops.push(() => verification.close())
  const egressNames = [...new Set(settings.egress.map(({ ehloName }) => ehloName))]
  const blockLists = watchBlockLists({
    ...{ store, clock, random, log, metrics, dns },
    zones: settings.blockLists,
    subjects: { addresses: egressAddresses, domains: egressNames },
  })
  stops.push(() => blockLists.close())
  const thirdParty = startThirdParty({
    ...{ store, clock, random, log, metrics, sealer, hostname },
    guard: { dns, clock, allowed: networkSet(settings.allowTargets) ?? { has: () => false } },
    postmaster: settings.postmaster,
    snds: settings.snds,
  })
  stops.push(() => thirdParty.close())
  const metricCollection = startMetricCollection({ store, clock, log, hostname })
  stops.push(() => metricCollection.close())
  const keeping = keepEvents({ store, clock, log }, settings.eventDays, stopping.signal)
  stops.push(() => keeping)

  const objects = await openObjects({
    dataDir: settings.dataDir,
    clock,
    guard: { dns, clock, allowed: networkSet(settings.allowTargets) ?? { has: () => false } },
    s3: settings.s3,
    exportsAt: settings.exportsAt,
    linkKey: sealer.deriveKey('download link'),
    publicUrl: () => publicUrl,
  })
  stops.push(async () => objects.close())
  const imports = await startImports({ store, clock, log, objects, dataDir: settings.dataDir })
  stops.push(() => imports.close())
  const exports = await startExports({ store, clock, log, objects, dataDir: settings.dataDir, countEvents: metricCollection.catchUp })
  stops.push(() => exports.close())

  const tokens = openReturnPathTokens(sealer.deriveKey('return path'))
  const proveReporter = createReporterProof({ dns, clock, domains: settings.complaintReporters })
  const takeFeedback = createFeedbackTaker({ store, clock, random, metrics, hostname, tokens, proveReporter })

  // It reads the intake's notes; an acceptance before it runs leaves one that it finds.
  const simulator = startFeedbackSimulator({ store, clock, log, hostname, tokens, take: takeFeedback })
  stops.push(() => simulator.close())

  // Doors: opened last, closed first.
  const smtpDoor = createSubmissionDoor({
    store,
    clock,
    log,
    metrics,
    home,
    hostname,
    sealer,
    acceptMessage: intake.acceptMessage,
    tls: certificate,
    requireTlsForAuth: settings.mode === 'production',
  })
  const verify = verificationPage({ store, clock, sealer })
  const download = downloadPage(objects)
  const engagements = openEngagementBuffer({ store, clock, random, log, metrics })
  stops.push(() => engagements.close())
  const httpDoor = createHttpDoor({
    store,
    clock,
    random,
    log,
    metrics,
    home,
    sealer,
    operations,
    ownOperations,
    callsPerSecond: settings.apiRate,
    parts: {
      store,
      clock,
      random,
      home,
      sealer,
      hostname,
      acceptMessage: intake.acceptMessage,
      acceptBulk: intake.acceptBulk,
      templates: intake.templates,
      verificationLink: verification.linkFor,
      verifySoon: verification.verifySoon,
      egress: egressAddresses,
      egressNames,
      sentLast24Hours: allowance.sentLast24Hours,
      accountDefaults,
      countEvents: metricCollection.catchUp,
      objects,
      wakeJobs: (kind) => ({ import: imports, export: exports })[kind].wake(),
      judgeAddress: addressJudge.judgeAddress,
      statusChanged: delivery.statusChanged,
      explainQueue: delivery.explain,
      explainTenant: delivery.explainTenant,
      warmupOf: delivery.warmupOf,
      egressInFull: settings.egress,
      warmupCaps: settings.warmupCaps,
      explainShaping: delivery.explainShaping,
      importFeedback: async (bytes, trusted) => {
        const [taken] = await takeFeedback(bytes, [{ kind: 'import', trusted }])
        return { result: taken?.result ?? 'other', messageId: taken?.subject?.messageId, recipient: taken?.subject?.recipient }
      },
      ...(development ? { inbox: development.inbox } : {}),
    },
    pages: [
      {
        method: 'GET',
        path: '/healthz',
        handle: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ status: 'ready' }) }),
      },
      {
        method: 'GET',
        path: '/metrics',
        handle: async () => ({ status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.expose() }),
      },
      { method: 'GET', path: '/verify/{token}', handle: (request) => verify({ method: 'GET', token: request.labels.token ?? '' }) },
      { method: 'GET', path: '/exports/{token}', handle: (request) => download(request.labels.token ?? '') },
      { method: 'POST', path: '/verify/{token}', handle: (request) => verify({ method: 'POST', token: request.labels.token ?? '' }) },
      ...unsubscribeRoutes(unsubscribePage({ store, clock, random, metrics, tokens: unsubscribe })),
      ...trackingRoutes({ links, buffer: engagements, clock, metrics }),
    ],
    ...(settings.tls ? { tls: settings.tls } : {}),
  })
  let feedback: FeedbackDoor | undefined
  stops.push(async () => {
    stopping.abort()
    await Promise.all([smtpDoor.close(drainMs), httpDoor.close(), feedback?.close(drainMs)])
  })
  if (settings.dns) {
    const dnsDoor = await openSigningZoneDoor({ store, log, hostname, ...settings.dns })
    stops.push(() => dnsDoor.close())
  }
  if (settings.feedback) {
    const operatorMailbox = openOperatorMailbox(join(settings.dataDir, 'postmaster'), { clock, random })
    const byMail = unsubscribeByMail({ store, clock, random, metrics, addresses: unsubscribeMailboxes })
    const door = { store, clock, log, metrics, hostname, tokens, tls: certificate, take: takeFeedback, operatorMailbox, unsubscribing: byMail }
    feedback = await opened('BULKHEAD_FEEDBACK', openFeedbackDoor(door, settings.feedback))
  }
  const smtp = await opened('BULKHEAD_SMTP', smtpDoor.listen('starttls', settings.smtp.host, settings.smtp.port))
  const smtps = await opened('BULKHEAD_SMTPS', smtpDoor.listen('tls', settings.smtps.host, settings.smtps.port))
  const http = await opened('BULKHEAD_HTTP', httpDoor.listen(settings.http.host, settings.http.port))
  if (!settings.publicUrl && development) publicUrl = endpointOf(http, settings.tls !== undefined)

  const credentials = { ...rootKey, smtpPassword: smtpPassword(rootKey.secretAccessKey, home.region) }
  const service: Service = {
    http,
    smtp,
    smtps,
    feedback,
    endpoint: endpointOf(http, settings.tls !== undefined),
    credentials,
    certificate: certificate.cert,
    providerRecord,
    development,
    close,
  }
  if (development) await writePrivateFile(join(settings.dataDir, 'credentials.json'), `${JSON.stringify(credentialsFile(settings, service), null, 2)}\n`)
  return service
}

/** New addresses begin to warm up, and the log says so. */
async function noteNewAddresses(settings: Settings, { store, clock, log }: { store: Store; clock: Clock; log: Log }): Promise<void> {
  const addresses = settings.egress.map(({ address }) => address)
  const startsEmpty = (await store.lastEventPosition()) === 0 && store.queueLength() === 0
  const warming = await commitDecision(store, () => noteAddresses(store, addresses, { now: clock.now(), startsEmpty }))
  if (!isRefusal(warming) && warming.length > 0)
    log.warn({ addresses: warming }, 'new sending addresses begin to warm up over 45 days; `bulkhead ips` shows them, and how to say that one is warm')
}

/** A tenant's limits and what they counted; most tenants have none, and then there is one look. */
async function limitsOf(store: Pick<Store, 'get'>, tenantName: string) {
  const limits = (await store.get(tenantLimits, tenantName))?.value
  return limits ? { limits, usage: (await store.get(tenantUsage, tenantName))?.value } : {}
}

/** A self-signed certificate for the SMTP ports, made once and kept, so that a client may trust exactly this one. */
async function ownCertificate(settings: Settings, parts: { clock: Clock; random: Random }): Promise<{ cert: string; key: string }> {
  const names = [...new Set([settings.hostname, 'localhost', '127.0.0.1'])]
  return JSON.parse(await readOrMakePrivateFile(join(settings.dataDir, 'self-signed.json'), () => JSON.stringify(selfSignedCertificate(names, parts))))
}

function endpointOf({ host, port }: Listen, secure: boolean): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return `${secure ? 'https' : 'http'}://${reachable}:${port}`
}

/** What a command line on the same machine reads. */
function credentialsFile(settings: Settings, service: Service): object {
  const { accessKeyId, secretAccessKey, smtpPassword } = service.credentials
  return {
    endpoint: service.endpoint,
    region: settings.region,
    accessKeyId,
    secretAccessKey,
    smtp: { host: service.smtp.host, port: service.smtp.port, tlsPort: service.smtps.port, user: accessKeyId, password: smtpPassword },
    certificate: service.certificate,
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= act()
    return running
  }
}

/** Tells which setting moves a listener that could not be opened. */
async function opened<T>(setting: string, listening: Promise<T>): Promise<T> {
  try {
    return await listening
  } catch (fault) {
    throw new Error(`${(fault as Error).message}; ${setting} sets where to listen`, { cause: fault })
  }
}
