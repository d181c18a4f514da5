// Configuration sets with their option groups and event destinations. The ARNs of event destinations come along as they are.
import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  DeleteConfigurationSetEventDestinationCommand,
  type DeliveryOptions,
  type EventDestinationDefinition,
  GetConfigurationSetCommand,
  type GetConfigurationSetCommandOutput,
  GetConfigurationSetEventDestinationsCommand,
  ListConfigurationSetsCommand,
  PutConfigurationSetDeliveryOptionsCommand,
  PutConfigurationSetReputationOptionsCommand,
  PutConfigurationSetSendingOptionsCommand,
  PutConfigurationSetSuppressionOptionsCommand,
  PutConfigurationSetTrackingOptionsCommand,
  PutConfigurationSetVdmOptionsCommand,
  type ReputationOptions,
  type SendingOptions,
  type SuppressionOptions,
  type Tag,
  type TrackingOptions,
  UpdateConfigurationSetEventDestinationCommand,
  type VdmOptions,
} from '@aws-sdk/client-sesv2'
import { type Account, type Kind, pagesOf, type Parts, unlessAbsent } from '../kind.ts'
import { tagPart, writeTags } from './tag-part.ts'

const destinationPrefix = 'EventDestination '

export const configurationSets: Kind = {
  name: 'configuration-sets',
  planReadsNew: true,
  entries: ({ client }) =>
    pagesOf(
      (token) => client.send(new ListConfigurationSetsCommand(token)),
      ({ ConfigurationSets = [] }) => ConfigurationSets.map((key) => ({ key })),
    ),
  async read({ client }, ConfigurationSetName) {
    const set = await unlessAbsent(client.send(new GetConfigurationSetCommand({ ConfigurationSetName })))
    if (!set) return undefined
    const { EventDestinations = [] } = await client.send(new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName }))
    const destinations = EventDestinations.map(({ Name, MatchingEventTypes, Enabled, ...target }) => [
      `${destinationPrefix}${Name}`,
      { Enabled: Enabled ?? false, MatchingEventTypes: [...(MatchingEventTypes ?? [])].sort(), ...target },
    ])
    return { parts: { ...optionParts(set), Tags: tagPart(set.Tags), ...Object.fromEntries(destinations) }, notes: notesOf(set, EventDestinations.length) }
  },
  create: ({ client }, ConfigurationSetName, wanted) =>
    client.send(
      new CreateConfigurationSetCommand({ ConfigurationSetName, Tags: wanted.Tags as Tag[], SendingOptions: wanted.SendingOptions as SendingOptions }),
    ),
  write: (target, key, part, wanted, present) =>
    part.startsWith(destinationPrefix)
      ? writeDestination(target, key, part.slice(destinationPrefix.length), wanted[part] as EventDestinationDefinition | undefined, part in present)
      : part === 'Tags'
        ? writeTags(target, `configuration-set/${key}`, wanted, present)
        : writeOptions(target, key, part, wanted[part]),
}

function optionParts(set: GetConfigurationSetCommandOutput): Parts {
  const { DeliveryOptions: delivery, TrackingOptions: tracking, SuppressionOptions: suppression, VdmOptions: vdm } = set
  return {
    DeliveryOptions: { ...delivery, TlsPolicy: delivery?.TlsPolicy ?? 'OPTIONAL' },
    ReputationOptions: { ReputationMetricsEnabled: set.ReputationOptions?.ReputationMetricsEnabled ?? false },
    SendingOptions: { SendingEnabled: set.SendingOptions?.SendingEnabled ?? true },
    TrackingOptions: tracking?.CustomRedirectDomain
      ? { CustomRedirectDomain: tracking.CustomRedirectDomain, HttpsPolicy: tracking.HttpsPolicy ?? 'OPTIONAL' }
      : null,
    SuppressionOptions:
      suppression?.SuppressedReasons || suppression?.SuppressionScope || suppression?.ValidationOptions
        ? {
            SuppressedReasons: suppression.SuppressedReasons && [...suppression.SuppressedReasons].sort(),
            SuppressionScope: suppression.SuppressionScope,
            ...(suppression.ValidationOptions ? { ValidationOptions: suppression.ValidationOptions } : {}),
          }
        : null,
    VdmOptions: vdm?.DashboardOptions || vdm?.GuardianOptions ? vdm : null,
  }
}

function notesOf(set: GetConfigurationSetCommandOutput, destinations: number): string[] {
  return [
    ...(set.ArchivingOptions?.ArchiveArn ? ['nothing is archived here: the archive of a configuration set stays behind'] : []),
    ...(set.MessageSecurityOptions ? ['S/MIME of a configuration set is not offered here'] : []),
    ...(destinations > 0 ? ['the ARNs of event destinations are kept as they are; nothing is published to them by this version'] : []),
  ]
}

function writeOptions({ client }: Account, ConfigurationSetName: string, part: string, value: unknown): Promise<unknown> {
  const named = { ConfigurationSetName }
  switch (part) {
    case 'DeliveryOptions':
      return client.send(new PutConfigurationSetDeliveryOptionsCommand({ ...named, ...(value as DeliveryOptions) }))
    case 'ReputationOptions':
      return client.send(new PutConfigurationSetReputationOptionsCommand({ ...named, ...(value as ReputationOptions) }))
    case 'SendingOptions':
      return client.send(new PutConfigurationSetSendingOptionsCommand({ ...named, ...(value as SendingOptions) }))
    case 'TrackingOptions':
      return client.send(new PutConfigurationSetTrackingOptionsCommand({ ...named, ...(value as TrackingOptions | null) }))
    case 'SuppressionOptions':
      return client.send(new PutConfigurationSetSuppressionOptionsCommand({ ...named, ...(value as SuppressionOptions | null) }))
    case 'VdmOptions':
      return client.send(new PutConfigurationSetVdmOptionsCommand({ ...named, VdmOptions: (value as VdmOptions | null) ?? {} }))
    default:
      throw new Error(`a configuration set has no part ${part}`)
  }
}

function writeDestination({ client }: Account, set: string, name: string, EventDestination: EventDestinationDefinition | undefined, isThere: boolean) {
  const named = { ConfigurationSetName: set, EventDestinationName: name }
  if (!EventDestination) return client.send(new DeleteConfigurationSetEventDestinationCommand(named))
  return isThere
    ? client.send(new UpdateConfigurationSetEventDestinationCommand({ ...named, EventDestination }))
    : client.send(new CreateConfigurationSetEventDestinationCommand({ ...named, EventDestination }))
}
