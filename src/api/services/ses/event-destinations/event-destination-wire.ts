// Event destinations as they stand on the wire.
import type { EventDestinationDefinition, EventDestination as WireEventDestination } from '@aws-sdk/client-sesv2'
import type { EventDestination, EventDestinationRequest } from '../../../../resources/event-destinations.ts'

/** What a request describes; required members inside a target were judged by the protocol. */
export function readEventDestination(definition: EventDestinationDefinition | undefined): EventDestinationRequest {
  const { Enabled, MatchingEventTypes, KinesisFirehoseDestination: firehose, CloudWatchDestination: cloudWatch } = definition ?? {}
  const { SnsDestination: sns, EventBridgeDestination: bridge, PinpointDestination: pinpoint } = definition ?? {}
  return {
    enabled: Enabled ?? false,
    types: MatchingEventTypes ?? [],
    targets: [
      ...(firehose ? [{ kind: 'firehose', roleArn: firehose.IamRoleArn ?? '', streamArn: firehose.DeliveryStreamArn ?? '' } as const] : []),
      ...(cloudWatch
        ? [
            {
              kind: 'cloud-watch',
              dimensions: (cloudWatch.DimensionConfigurations ?? []).map(
                ({ DimensionName = '', DimensionValueSource = 'MESSAGE_TAG', DefaultDimensionValue = '' }) => ({
                  name: DimensionName,
                  source: DimensionValueSource,
                  defaultValue: DefaultDimensionValue,
                }),
              ),
            } as const,
          ]
        : []),
      ...(sns ? [{ kind: 'sns', topicArn: sns.TopicArn ?? '' } as const] : []),
      ...(bridge ? [{ kind: 'event-bridge', busArn: bridge.EventBusArn ?? '' } as const] : []),
      ...(pinpoint ? [{ kind: 'pinpoint' } as const] : []),
    ],
  }
}

/** One destination. */
export function wireEventDestination({ name, enabled, types, target }: EventDestination): WireEventDestination {
  return { Name: name, Enabled: enabled, MatchingEventTypes: [...types], ...wireTarget(target) }
}

function wireTarget(target: EventDestination['target']): Partial<WireEventDestination> {
  switch (target.kind) {
    case 'firehose':
      return { KinesisFirehoseDestination: { IamRoleArn: target.roleArn, DeliveryStreamArn: target.streamArn } }
    case 'cloud-watch':
      return {
        CloudWatchDestination: {
          DimensionConfigurations: target.dimensions.map(({ name, source, defaultValue }) => ({
            DimensionName: name,
            DimensionValueSource: source,
            DefaultDimensionValue: defaultValue,
          })),
        },
      }
    case 'sns':
      return { SnsDestination: { TopicArn: target.topicArn } }
    case 'event-bridge':
      return { EventBridgeDestination: { EventBusArn: target.busArn } }
  }
}
