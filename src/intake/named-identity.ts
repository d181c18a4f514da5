// Identities that a send names by ARN (FromEmailAddressIdentityArn, X-SES-FROM-ARN …): only ones of this account, and only for addresses
// they cover. Another account's identity needs that account's permission, which nobody can give here before IAM: it is denied.
// Source: ses.md §4.5, §8.1; SES developer guide "Sending authorization".
import { unfold } from '../mail/header-fields.ts'
import { findField } from '../mail/mime-parts.ts'
import { type Home, homePartition, parseArn } from '../model/arn.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import { coversAddress } from '../resources/find-identity.ts'
import { identities, type IdentityRecord, isVerified } from '../resources/identities.ts'
import { identityKey } from '../resources/identity-name.ts'
import type { Store } from '../storage/store.ts'
import type { SendRequest } from './read-submission.ts'

/** The identity that is named for From, undefined when none is; or why an ARN is not taken. */
export async function findNamedIdentity(
  store: Pick<Store, 'get'>,
  home: Home,
  request: SendRequest,
): Promise<{ readonly identity: IdentityRecord | undefined } | Refusal> {
  const { identityArns } = request.submission
  const from = [identityArns?.from, header(request, 'x-ses-source-arn'), header(request, 'x-ses-from-arn')]
  const feedback = [identityArns?.feedback, header(request, 'x-ses-return-path-arn')]
  let identity: IdentityRecord | undefined
  for (const [arns, address] of [
    [from, request.sender?.address],
    [feedback, request.submission.envelopeSender],
  ] as const) {
    for (const arn of arns) {
      if (arn === undefined) continue
      const found = await judge(store, home, request, arn, address)
      if (!('kind' in found)) return found
      if (arns === from) identity ??= found
    }
  }
  return { identity }
}

async function judge(store: Pick<Store, 'get'>, home: Home, request: SendRequest, arn: string, address: string | undefined): Promise<IdentityRecord | Refusal> {
  const { principal, door, operation } = request.submission
  const parts = parseArn(arn)
  if (parts?.service !== 'ses' || parts.partition !== homePartition || parts.type !== 'identity' || !parts.name)
    return refuse('InvalidRequest', { text: `<${arn.replace(/[^ -~]/g, '?').slice(0, 512)}> is not the ARN of an identity.` })
  if (parts.region !== home.region) return refuse('InvalidRequest', { text: `Resource <${arn}> must be in the same region` })
  if (parts.accountId !== home.accountId)
    return refuse('AccessDenied', { principal: principal.arn, action: door === 'smtp' ? 'ses:SendRawEmail' : `ses:${operation}`, resource: arn })
  const stored = await store.get(identities, identityKey(parts.name))
  if (!stored || !isVerified(stored.value)) return refuse('IdentityNotVerified', { region: home.region.toUpperCase(), identities: parts.name })
  if (address && !coversAddress(stored.key, address))
    return refuse('InvalidRequest', { text: `The identity <${arn}> does not cover the address <${address}>.` })
  return stored.value
}

function header({ raw }: SendRequest, name: string): string | undefined {
  const field = raw && findField(raw.fields, name)
  return (field && unfold(field.value).trim()) || undefined
}
