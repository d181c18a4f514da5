// Account-wide settings that mean the same here. Whether the account may send, its quota and its sandbox are matters of the place, not of the move.
import {
  GetAccountCommand,
  type GetAccountCommandOutput,
  PutAccountDedicatedIpWarmupAttributesCommand,
  PutAccountDetailsCommand,
  type PutAccountDetailsCommandInput,
  PutAccountSuppressionAttributesCommand,
  PutAccountVdmAttributesCommand,
  type VdmAttributes,
  type SuppressionListReason,
  type SuppressionValidationAttributes,
} from '@aws-sdk/client-sesv2'
import type { Account, Entry, Kind, Parts } from '../kind.ts'

const keys = ['suppression', 'auto-validation', 'vdm', 'dedicated-ip-auto-warmup', 'details']

export const account: Kind = {
  name: 'account',
  async *entries({ client }) {
    const answer = await client.send(new GetAccountCommand({}))
    // What the source never set (details, VDM) is nothing to copy.
    yield keys.flatMap((key): Entry[] => {
      const parts = partsOf(answer, key)
      return parts ? [{ key, found: { parts } }] : []
    })
  },
  async read(side, key) {
    const parts = partsOf(await side.client.send(new GetAccountCommand({})), key)
    return parts && { parts }
  },
  create: (target, key, wanted) => write(target, key, wanted),
  write: (target, key, _part, wanted) => write(target, key, wanted),
}

// One part each, under the name that SES gives it.
function partsOf(answer: GetAccountCommandOutput, key: string): Parts | undefined {
  const { SuppressionAttributes: suppression, VdmAttributes: vdm, Details: given } = answer
  switch (key) {
    case 'suppression':
      return { SuppressedReasons: [...(suppression?.SuppressedReasons ?? [])].sort() }
    case 'auto-validation':
      return suppression?.ValidationAttributes && { ValidationAttributes: suppression.ValidationAttributes }
    case 'vdm':
      return vdm && { VdmAttributes: vdm }
    case 'dedicated-ip-auto-warmup':
      return { AutoWarmupEnabled: answer.DedicatedIpAutoWarmupEnabled ?? true }
    default: {
      const { ReviewDetails: _, AdditionalContactEmailAddresses: contacts, ...details } = given ?? {}
      return given && { Details: { ...details, AdditionalContactEmailAddresses: contacts?.length ? contacts : undefined } }
    }
  }
}

function write({ client }: Account, key: string, wanted: Parts): Promise<unknown> {
  const [value] = Object.values(wanted)
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
