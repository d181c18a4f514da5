// Event destinations of v1: the same kinds but EventBridge, under other spellings.
import type { EventDestination as V1EventDestination } from '@aws-sdk/client-ses'
import type { EventDestinationDefinition } from '@aws-sdk/client-sesv2'
import type { EventDestination } from '../../../../resources/event-destinations.ts'
import { wireEventDestination } from '../../ses/event-destinations/event-destination-wire.ts'
import { v1LowerSpelling, v2Spelling } from '../v1-spelling.ts'

/** What creating or changing one asks, as v2 spells it; in v1 the name stands inside. */
export function v2Members(input: { readonly ConfigurationSetName: string | undefined; readonly EventDestination: V1EventDestination | undefined }) {
  return {
    ConfigurationSetName: input.ConfigurationSetName,
    EventDestinationName: input.EventDestination?.Name,
    EventDestination: v2Definition(input.EventDestination),
  }
}

function v2Definition(given: V1EventDestination | undefined): EventDestinationDefinition {
  const { Enabled, MatchingEventTypes = [], KinesisFirehoseDestination: firehose, CloudWatchDestination: cloudWatch, SNSDestination: sns } = given ?? {}
  return {
    Enabled,
    MatchingEventTypes: MatchingEventTypes.map((type) => v2Spelling(type)),
    SnsDestination: sns && { TopicArn: sns.TopicARN },
    KinesisFirehoseDestination: firehose && { IamRoleArn: firehose.IAMRoleARN, DeliveryStreamArn: firehose.DeliveryStreamARN },
    CloudWatchDestination: cloudWatch && {
      DimensionConfigurations: (cloudWatch.DimensionConfigurations ?? []).map((dimension) => ({
        ...dimension,
        DimensionValueSource: dimension.DimensionValueSource && v2Spelling(dimension.DimensionValueSource),
      })),
    },
  }
}

/** As v1 spells it; of one that leads to EventBridge it cannot say where. */
export function v1EventDestination(destination: EventDestination): V1EventDestination {
  const {
    Name,
    Enabled,
    MatchingEventTypes = [],
    KinesisFirehoseDestination: firehose,
    CloudWatchDestination: cloudWatch,
    SnsDestination: sns,
  } = wireEventDestination(destination)
  return {
    Name,
    Enabled,
    MatchingEventTypes: MatchingEventTypes.map((type) => v1LowerSpelling(type)),
    SNSDestination: sns && { TopicARN: sns.TopicArn },
    KinesisFirehoseDestination: firehose && { IAMRoleARN: firehose.IamRoleArn, DeliveryStreamARN: firehose.DeliveryStreamArn },
    CloudWatchDestination: cloudWatch && {
      DimensionConfigurations: (cloudWatch.DimensionConfigurations ?? []).map((dimension) => ({
        ...dimension,
        DimensionValueSource: dimension.DimensionValueSource && v1LowerSpelling(dimension.DimensionValueSource),
      })),
    },
  }
}
