// Where the events of a configuration set go: what a request may say, in the texts of ses.md §5. They are part of the set's record, so
// that ten is ten, a name is there once, and they go with the set.
// Leaves to whom: whether a target can be reached is found out by whoever publishes.
import type { EventType } from '../model/event.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import { cloudWatchDimensionsMax, eventDestinationsMax } from './limits.ts'

/** One dimension of a CloudWatch destination. */
export interface CloudWatchDimension {
  readonly name: string
  readonly source: 'MESSAGE_TAG' | 'EMAIL_HEADER' | 'LINK_TAG'
  readonly defaultValue: string
}

/** Exactly one of the kinds that SES still offers. */
export type EventTarget =
  | { readonly kind: 'firehose'; readonly roleArn: string; readonly streamArn: string }
  | { readonly kind: 'cloud-watch'; readonly dimensions: readonly CloudWatchDimension[] }
  | { readonly kind: 'sns'; readonly topicArn: string }
  | { readonly kind: 'event-bridge'; readonly busArn: string }

/** A destination as it is kept. */
export interface EventDestination {
  readonly name: string
  readonly enabled: boolean
  readonly types: readonly EventType[]
  readonly target: EventTarget
}

/** A destination as a request describes it. */
export interface EventDestinationRequest {
  readonly enabled: boolean
  readonly types: readonly EventType[]
  /** Everything that was given, to be exactly one. */
  readonly targets: readonly (EventTarget | { readonly kind: 'pinpoint' })[]
}

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Judges the name of a new destination. */
export function judgeEventDestinationName(name: string | undefined): Refusal | undefined {
  if (!name?.trim()) return invalid('The event destination name must be specified.')
  if (name.length > 64) return invalid('Event destination name cannot exceed 64 characters.')
  if (/^[A-Za-z0-9_-]+$/.test(name)) return undefined
  return invalid(`Invalid event destination name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`)
}

/** Judges what a destination says. Order of checks: target, number of targets, types, the target's own members. */
export function judgeEventDestination(name: string, { enabled, types, targets }: EventDestinationRequest): EventDestination | Refusal {
  const [target] = targets
  if (!target) return invalid('Event destination is not provided.')
  if (targets.length > 1)
    return invalid(
      'Please provide only one destination with each request. Either a Firehose Destination or a Cloudwatch Destination or an SNS Destination or an EventBridge Destination.',
    )
  if (types.length === 0) return invalid('At least one event type must be specified.')
  if (target.kind === 'pinpoint') return invalid('PinpointDestination is not offered: Amazon Pinpoint has been retired.')
  const fault = judgeTarget(target)
  return fault ?? { name, enabled, types: [...new Set(types)], target }
}

/** The list with one more. */
export function addEventDestination(present: readonly EventDestination[], added: EventDestination, setName: string): readonly EventDestination[] | Refusal {
  if (present.some(({ name }) => name === added.name))
    return refuse('AlreadyExists', { text: `An event destination with name <${added.name}> already exists for configuration set <${setName}>.` })
  if (present.length >= eventDestinationsMax)
    return refuse('LimitExceeded', { text: `Configuration set <${setName}> already has the maximum number of event destinations, ${eventDestinationsMax}.` })
  return [...present, added]
}

/** The list without, or with another in the same place. */
export function replaceEventDestination(
  present: readonly EventDestination[],
  name: string,
  instead: EventDestination | undefined,
  setName: string,
): readonly EventDestination[] | Refusal {
  const place = present.findIndex((destination) => destination.name === name)
  if (place < 0) return refuse('NotFound', { text: `An event destination with name <${name}> does not exist for configuration set <${setName}>.` })
  return present.toSpliced(place, 1, ...(instead ? [instead] : []))
}

function judgeTarget(target: EventTarget): Refusal | undefined {
  switch (target.kind) {
    case 'firehose':
      return (
        judgeArn(target.roleArn, /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'an IAM role') ??
        judgeArn(target.streamArn, /^arn:aws[a-z-]*:firehose:[a-z0-9-]+:\d{12}:deliverystream\/[\w.-]{1,64}$/, 'a delivery stream')
      )
    case 'sns':
      return judgeArn(target.topicArn, /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'an SNS topic')
    case 'event-bridge':
      // SES publishes to no other bus.
      return judgeArn(target.busArn, /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/default$/, 'the default event bus')
    case 'cloud-watch':
      return judgeDimensions(target.dimensions)
  }
}

function judgeArn(arn: string, pattern: RegExp, what: string): Refusal | undefined {
  return pattern.test(arn) ? undefined : invalid(`<${arn}> is not the ARN of ${what}.`)
}

function judgeDimensions(dimensions: readonly CloudWatchDimension[]): Refusal | undefined {
  if (dimensions.length === 0) return invalid('CloudWatch metrics dimension configuration list cannot be empty.')
  if (dimensions.length > cloudWatchDimensionsMax) return invalid(`A CloudWatch destination can have at most ${cloudWatchDimensionsMax} dimensions.`)
  for (const { name, defaultValue } of dimensions) {
    if (!/^[\w:-]{1,256}$/.test(name)) return invalid(`Invalid CloudWatch dimension name <${name}>: only ASCII letters, digits, '_', '-' and ':' are allowed.`)
    if (!/^[\w@.:-]{1,256}$/.test(defaultValue))
      return invalid(`Invalid default value <${defaultValue}> of a CloudWatch dimension: only ASCII letters, digits, '_', '-', '@', '.' and ':' are allowed.`)
  }
  if (new Set(dimensions.map(({ name }) => name)).size !== dimensions.length) return invalid('Each CloudWatch dimension can only be specified once.')
  return undefined
}
