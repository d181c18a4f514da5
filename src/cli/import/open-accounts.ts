// The two ends of an import. The source is found as every AWS tool finds it (environment, profile, role); the target as every other command does.
// In this one command the AWS_ variables of keys and region mean the source, so the target never sees its keys, nor the source the target's.
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import type { Random } from '../../kit/random.ts'
import { findConnection } from '../connection.ts'
import { sesCallsPerSecond } from '../limits.ts'
import { CommandFailure, exitCodes, type GlobalOptions, type Terminal, usageFailure } from '../terminal.ts'
import { reasonOf } from './faults.ts'
import type { Account } from './kind.ts'
import { pacedClient } from './paced-client.ts'

/** Options that say where the source is. */
export interface SourceOptions {
  readonly sourceRegion?: string
  readonly sourceEndpoint?: string
  readonly sourceProfile?: string
  /** Calls a second, as text. */
  readonly rate?: string
}

/** An account with its name for people and journals. */
export interface OpenAccount extends Account {
  readonly name: string
  readonly client: SESv2Client
  close(): void
}

interface Ends {
  readonly source: OpenAccount
  readonly target: OpenAccount
}

/** Opens both and asks each who we are. @throws CommandFailure when one cannot be reached or does not know the keys. */
export async function openAccounts(options: GlobalOptions & SourceOptions, terminal: Terminal, random: Random, signal: AbortSignal): Promise<Ends> {
  const {
    AWS_ACCESS_KEY_ID: _id,
    AWS_SECRET_ACCESS_KEY: _secret,
    AWS_SESSION_TOKEN: _token,
    AWS_REGION: _region,
    AWS_DEFAULT_REGION: _default,
    ...environment
  } = terminal.environment
  const { endpoint, region, ...credentials } = findConnection(options, { ...terminal, environment })
  const { sourceEndpoint, sourceProfile } = options
  if (sourceEndpoint !== undefined && (!URL.canParse(sourceEndpoint) || !/^https?:/.test(sourceEndpoint)))
    throw usageFailure(`--source-endpoint ${sourceEndpoint} is no http or https URL`)
  if (sourceEndpoint !== undefined && new URL(sourceEndpoint).href === new URL(endpoint).href)
    throw usageFailure('--source-endpoint is the target: an import goes from one service to another')
  const pacing = { clock: terminal.clock, random, signal }
  const target = await openAccount({ endpoint, region, credentials }, { endpoint }, { ...pacing, callsPerSecond: undefined }, 'target')
  try {
    const known = { ...(options.sourceRegion ? { region: options.sourceRegion } : {}), ...(sourceProfile ? { profile: sourceProfile } : {}) }
    // A shell that is set up for Bulkhead has AWS_ENDPOINT_URL_SESV2; the source is not there, so its address is always said.
    const probe = new SESv2Client(known)
    const sourceRegion = await regionOf(probe)
    const at = sourceEndpoint ?? awsEndpoint(() => probe.config.endpointProvider({ Region: sourceRegion, UseDualStack: false, UseFIPS: false }))
    const sts = new STSClient(known)
    const stsAt =
      sourceEndpoint ?? awsEndpoint(() => sts.config.endpointProvider({ Region: sourceRegion, UseDualStack: false, UseFIPS: false, UseGlobalEndpoint: false }))
    probe.destroy()
    sts.destroy()
    const callsPerSecond = options.rate === undefined ? (sourceEndpoint ? undefined : sesCallsPerSecond) : readRate(options.rate)
    const source = await openAccount({ ...known, region: sourceRegion, endpoint: at }, { endpoint: stsAt }, { ...pacing, callsPerSecond }, 'source')
    return { source, target }
  } catch (fault) {
    target.close()
    throw fault
  }
}

async function openAccount(
  settings: SESv2ClientConfig & { endpoint: string },
  stsPlace: STSClientConfig,
  pacing: Parameters<typeof pacedClient>[1],
  role: 'source' | 'target',
): Promise<OpenAccount> {
  const sts = new STSClient({ ...(settings as STSClientConfig), ...stsPlace, maxAttempts: 2 })
  try {
    const { Account: id = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}))
    const region = await regionOf(sts)
    const client = pacedClient(settings, pacing)
    return {
      client,
      arnBase: `arn:${Arn.split(':')[1] ?? 'aws'}:ses:${region}:${id}:`,
      name: `${id} ${region} at ${new URL(settings.endpoint).host}`,
      close: () => client.destroy(),
    }
  } catch (fault) {
    const { $metadata } = fault as { $metadata?: { httpStatusCode?: number } }
    const hint =
      role === 'source' ? 'Its keys come from the usual AWS places; see --source-profile.' : 'Its keys come from BULKHEAD_ACCESS_KEY_ID or --data-dir.'
    throw new CommandFailure(
      $metadata?.httpStatusCode ? exitCodes.service : exitCodes.general,
      `The ${role} at ${settings.endpoint} does not tell who we are: ${reasonOf(fault)}\n${hint}`,
      { cause: fault },
    )
  } finally {
    sts.destroy()
  }
}

async function regionOf(client: { config: { region: () => Promise<string> } }): Promise<string> {
  try {
    return await client.config.region()
  } catch {
    throw usageFailure('The region of the source is not known: give --source-region or set AWS_REGION.')
  }
}

function awsEndpoint(resolve: () => { url: URL }): string {
  return resolve().url.href.replace(/\/$/, '')
}

function readRate(text: string): number {
  const rate = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || rate <= 0 || rate > 10_000) throw usageFailure(`--rate must be calls a second above 0, not ${text}`)
  return rate
}
