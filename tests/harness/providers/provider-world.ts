// The delivery road against simulated providers: the world of delivery-world.ts, mail exchangers under the names of real ones on the loopback,
// sending addresses that the providers can tell apart, and one clock for both sides.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type Delivery, type DeliverySettings, startDelivery } from '../../../src/delivery/deliver-due.ts'
import type { Clock } from '../../../src/kit/clock.ts'
import { systemDial } from '../../../src/kit/dial.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { createMetrics, type Metrics } from '../../../src/kit/metrics.ts'
import { type Random, systemRandom } from '../../../src/kit/random.ts'
import { identities } from '../../../src/resources/identities.ts'
import { type DeliveryWorld, openStates, startDeliveryWorld } from '../../scenarios/delivery-world.ts'
import type { ProviderProfile } from './profile.ts'
import { type RunningProvider, startProviders } from './start-providers.ts'

/** A world with providers. */
export interface ProviderWorld extends DeliveryWorld {
  provider(name: string): RunningProvider
  /** Moves the clock in small steps and lets each side do what is due after each. */
  pass(ms: number, options?: { stepMs?: number }): Promise<void>
  /** Passes time until `condition` holds. */
  passUntil(condition: () => boolean | Promise<boolean>, options: { minutesMax: number; stepMs?: number }): Promise<void>
  /** Waits until both sides have nothing more to say; the clock stands. */
  settle(): Promise<void>
  /** A sender whose mail is signed by a key of its own. */
  addIdentity(name: string, mailFromDomain?: string): Promise<void>
  /** Ends the delivery road and starts another over the same store; `send` reaches it by way of the store only (`leased: false`). Answers the new one. */
  restart(): Promise<Delivery>
  /** Types of all events of a message, in order. */
  storyOf(messageId: string): Promise<string[]>
}

/** What a world may be given besides. */
export interface ProviderWorldSettings extends Partial<DeliverySettings> {
  /** Our sending addresses; one when left out. */
  readonly addresses?: readonly string[]
  /** Where the store is made; the temporary directory when left out. */
  readonly dataRoot?: string
  /** The sending side's DNS as providers see it. What `addIdentity` publishes is added. */
  readonly senderDns?: { ptr: Record<string, string>; a: Record<string, readonly string[]>; txt: Record<string, string> }
}

/** Quiet of so much real time says that nothing more comes at this time of the clock. */
const quietMs = 12
/** A connection or handshake under way is waited for at most so long: some never come. */
const underWayMsMax = 250
/** Outcomes are written within so much real time. */
const durableMsMax = 300
const defaultStepMs = 10_000

/** Starts it; everything ends with the test. */
export async function startProviderWorld(t: TestContext, profiles: readonly ProviderProfile[], settings: ProviderWorldSettings = {}): Promise<ProviderWorld> {
  const { addresses = ['127.0.0.2'], senderDns, dataRoot, ...rest } = settings
  let inner: Clock | undefined
  // The providers stand before the world whose clock they use.
  const clock: Clock = {
    now: () => inner?.now() ?? 0,
    after: (delayMs, fire) => (inner ?? assert.fail('no clock yet')).after(delayMs, fire),
  }
  const providers = await startProviders(profiles, { clock, senderDns })
  let connections = () => 0
  const metrics = createMetrics()
  const delivery = {
    metrics: {
      ...metrics,
      gauge(name, help, read) {
        if (name === 'bulkhead_delivery_connections') connections = read
        metrics.gauge(name, help, read)
      },
    } satisfies Metrics,
    dns: providers.dns,
    allowPrivate: true,
    remotePort: providers.port,
    random: repeatableRandom(),
    egress: addresses.map((address, index) => ({ address, ehloName: `mta${index + 1}.bulkhead.test` })),
    ...rest,
  }
  const world = await startDeliveryWorld(t, { ...delivery, ...(dataRoot === undefined ? {} : { dataRoot }) })
  inner = world.clock
  let restarted: Delivery | undefined
  world.cleanUp(async () => {
    await restarted?.close(1_000)
    await providers.close()
  })
  const running = profiles.map(({ name }) => providers.provider(name))
  const activity = () => running.reduce((sum, { model }) => sum + model.activity, 0)

  const isUnderWay = () => running.some(({ model }) => model.handshakes > 0) || connections() > running.reduce((sum, { ledger }) => sum + ledger.open(), 0)

  async function settle(): Promise<void> {
    const began = performance.now()
    let seen = activity()
    for (let since = began; performance.now() - since < quietMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (activity() === seen && !(isUnderWay() && performance.now() - began < underWayMsMax)) continue
      seen = activity()
      since = performance.now()
    }
  }
  async function passUntil(
    condition: () => boolean | Promise<boolean>,
    { minutesMax, stepMs = defaultStepMs }: { minutesMax: number; stepMs?: number },
  ): Promise<void> {
    await settle()
    for (const endAt = world.clock.now() + minutesMax * 60_000; !(await condition()); await settle()) {
      if (world.clock.now() >= endAt)
        assert.fail(
          `not within ${minutesMax} minutes: ${JSON.stringify((await world.queue()).map(({ recipient, attempts, lastReply }) => ({ recipient, attempts, lastReply })).slice(0, 5))}`,
        )
      await world.clock.advance(stepMs)
    }
    // What was done is durable a moment later.
    await Promise.race([world.delivery.idle(), new Promise((resolve) => setTimeout(resolve, durableMsMax))])
  }
  return {
    ...world,
    provider: providers.provider,
    settle,
    passUntil,
    async pass(ms, { stepMs = defaultStepMs } = {}) {
      await settle()
      for (let left = ms; left > 0; left -= stepMs) {
        await world.clock.advance(Math.min(stepMs, left))
        await settle()
      }
    },
    async addIdentity(name, mailFromDomain) {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 })
      const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
      if (senderDns) senderDns.txt[`tok1._domainkey.${name}`] = `v=DKIM1; k=rsa; p=${key}`
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      await world.store.commit([
        {
          type: 'put',
          collection: identities,
          key: name,
          value: {
            name,
            kind: 'DOMAIN',
            verification: 'SUCCESS',
            ...(mailFromDomain === undefined
              ? {}
              : { mailFrom: { domain: mailFromDomain, behaviorOnMxFailure: 'USE_DEFAULT_VALUE', status: 'SUCCESS' } as const }),
            dkim: {
              ...{ signingEnabled: true, origin: 'AWS_SES', tokens: ['tok1', 'tok2', 'tok3'], status: 'SUCCESS' },
              key: { sealedPrivateKey: world.sealer.seal(pem), publicKey: key, bits: 1_024 },
            },
          },
        },
      ])
    },
    async restart() {
      await (restarted ?? world.delivery).close(1_000)
      restarted = startDelivery({
        ...{
          store: world.store,
          clock: world.clock,
          sealer: world.sealer,
          log: silentLog,
          hostname: 'mail.bulkhead.test',
          dial: systemDial,
          routes: new Map(),
        },
        home: { region: 'us-east-1', accountId: '111122223333' },
        states: async () => openStates,
        signing: { workers: 2 },
        ...delivery,
      })
      return restarted
    },
    storyOf: async (messageId) => (await world.events(messageId)).map(({ type }) => type),
  }
}

/** Jitter and shuffling that are the same in every run. */
function repeatableRandom(): Random {
  let state = 0x2545f491
  return {
    ...systemRandom,
    fraction() {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    },
  }
}
