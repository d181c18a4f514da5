// Account-wide settings that mean the same here. Whether the account may send, its quota and its sandbox are matters of the place, not of the move.
import {
  GetAccountCommand,
  PutAccountDedicatedIpWarmupAttributesCommand,
  PutAccountDetailsCommand,
  type PutAccountDetailsCommandInput,
  PutAccountSuppressionAttributesCommand,
  PutAccountVdmAttributesCommand,
  type VdmAttributes,
  type SuppressionListReason,
  type SuppressionValidationAttributes,
} from '@aws-sdk/client-sesv2'
import type { Account, Kind, Parts } from '../kind.ts'

const keys = ['suppression', 'auto-validation', 'vdm', 'dedicated-ip-auto-warmup', 'details']

export const account: Kind = {
  name: 'account',
  async *entries({ client }) {
    const { SuppressionAttributes: suppression } = await client.send(new GetAccountCommand({}))
    yield keys.filter((key) => key !== 'auto-validation' || suppression?.ValidationAttributes).map((key) => ({ key }))
  },
  async read(side, key) {
    const answer = await side.client.send(new GetAccountCommand({}))
    switch (key) {
      case 'suppression':
        return { parts: { Value: [...(answer.SuppressionAttributes?.SuppressedReasons ?? [])].sort() } }
      case 'auto-validation':
        return answer.SuppressionAttributes?.ValidationAttributes && { parts: { Value: answer.SuppressionAttributes.ValidationAttributes } }
      case 'vdm':
        return answer.VdmAttributes && { parts: { Value: answer.VdmAttributes } }
      case 'dedicated-ip-auto-warmup':
        return { parts: { Value: answer.DedicatedIpAutoWarmupEnabled ?? true } }
      default: {
        const { ReviewDetails: _, AdditionalContactEmailAddresses: contacts, ...details } = answer.Details ?? {}
        return answer.Details && { parts: { Value: { ...details, AdditionalContactEmailAddresses: contacts?.length ? contacts : undefined } } }
      }
    }
  },
  create: (target, key, wanted) => write(target, key, wanted),
  write: (target, key, _part, wanted) => write(target, key, wanted),
}

function write({ client }: Account, key: string, { Value: value }: Parts): Promise<unknown> {
  switch (key) {
    case 'suppression':
      return client.send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons: value as SuppressionListReason[] }))
    case 'auto-validation':
      return client.send(new PutAccountSuppressionAttributesCommand({ ValidationAttributes: value as SuppressionValidationAttributes }))
    case 'vdm':
      return client.send(new PutAccountVdmAttributesCommand({ VdmAttributes: value as VdmAttributes }))
    case 'dedicated-ip-auto-warmup':
      return client.send(new PutAccountDedicatedIpWarmupAttributesCommand({ AutoWarmupEnabled: value as boolean }))
    default:
      return client.send(new PutAccountDetailsCommand(value as PutAccountDetailsCommandInput))
  }
}
