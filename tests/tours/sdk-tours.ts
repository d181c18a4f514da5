// The tours of the AWS SDK for JavaScript: SES v2 with every offered operation, SES v1 and STS with theirs.
import type { TestContext } from 'node:test'
import * as sesSdk from '@aws-sdk/client-ses'
import * as sesv2Sdk from '@aws-sdk/client-sesv2'
import * as stsSdk from '@aws-sdk/client-sts'
import { readServiceSchema } from '../../src/api/protocols/schema.ts'
import { validInputs } from '../conformance/valid-inputs.ts'
import { excused } from './excused.ts'
import { offeredOperations } from './offered-operations.ts'
import { storySts, storyV1 } from './story-v1.ts'
import { movingOut, storyV2 } from './story-v2.ts'
import { createTally, missedOperations, type Tour } from './tally.ts'
import { startTourService } from './tour-service.ts'
import { walkWithSdk } from './walk-with-sdk.ts'

const region = 'us-east-1'

/** SES v2. */
export async function tourSdkV2(t: Pick<TestContext, 'after'>): Promise<Tour> {
  const name = '@aws-sdk/client-sesv2'
  const { local } = await startTourService(t)
  const client = new sesv2Sdk.SESv2Client({ endpoint: local.endpoint, region, credentials: local, maxAttempts: 1 })
  const tally = createTally()
  try {
    const clients = { sesv2: { client: client as never, sdk: sesv2Sdk as never } }
    await walkWithSdk([...storyV2, ...movingOut], clients, tally)
    await visitNewcomers(client, tally)
  } finally {
    client.destroy()
  }
  const tour = { client: name, visits: tally.visits, failures: tally.failures, unknown: [] }
  return { ...tour, failures: [...tour.failures, ...missedOperations(tour, offeredOperations.sesv2, excused[name] ?? {})] }
}

/** SES v1 and STS. */
export async function tourSdkV1(t: Pick<TestContext, 'after'>): Promise<Tour> {
  const name = '@aws-sdk/client-ses, client-sts'
  const { local } = await startTourService(t)
  const settings = { endpoint: local.endpoint, region, credentials: local, maxAttempts: 1 }
  const [ses, sts] = [new sesSdk.SESClient(settings), new stsSdk.STSClient(settings)]
  const tally = createTally()
  try {
    await walkWithSdk(
      [...storySts, ...storyV1],
      { ses: { client: ses as never, sdk: sesSdk as never }, sts: { client: sts as never, sdk: stsSdk as never } },
      tally,
    )
  } finally {
    ses.destroy()
    sts.destroy()
  }
  const tour = { client: name, visits: tally.visits, failures: tally.failures, unknown: [] }
  const missed = missedOperations(tour, [...offeredOperations.ses, ...offeredOperations.sts], excused[name] ?? {})
  return { ...tour, failures: [...tour.failures, ...missed] }
}

/** Operations that were added after the story was written: called with the input that the conformance run knows to be good. */
async function visitNewcomers(client: sesv2Sdk.SESv2Client, tally: ReturnType<typeof createTally>): Promise<void> {
  const call = async (operation: string, input: Record<string, unknown>) => {
    const CommandOf = (sesv2Sdk as unknown as Record<string, new (input: unknown) => never>)[`${operation}Command`]
    if (!CommandOf) throw new Error(`the SDK has no ${operation}`)
    return (await client.send(new CommandOf(input))) as unknown as Record<string, unknown>
  }
  const newcomers = readServiceSchema().operations.filter(({ name }) => !tally.visits[`sesv2.${name}`] && offeredOperations.sesv2.includes(`sesv2.${name}`))
  if (newcomers.length === 0) return
  const sent = await call('SendEmail', {
    FromEmailAddress: 'news@shop.test',
    Destination: { ToAddresses: ['known@far.test'] },
    Content: { Simple: { Subject: { Data: 'x' }, Body: { Text: { Data: 'y' } } } },
  })
  // What the conformance run's inputs build on.
  await call('CreateEmailIdentity', { EmailIdentity: 'side.test' })
  await call('CreateConfigurationSet', { ConfigurationSetName: 'main' })
  let made = 0
  const ground = { call: call as never, fresh: (kind: string) => `${kind}-${++made}`, messageId: String(sent.MessageId) }
  for (const { name } of newcomers) {
    const visit = `sesv2.${name}`
    try {
      await call(name, (await validInputs[name]?.input(ground)) ?? {})
      tally.ok(visit)
    } catch (fault) {
      tally.fail(visit, `${(fault as Error).name}: ${(fault as Error).message}`)
    }
  }
}
