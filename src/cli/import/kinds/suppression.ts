// Suppression lists, of the account and of each tenant. The listing says all there is to copy; when an address was listed, and by which
// message, is the source's history.
import {
  GetSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  PutSuppressedDestinationCommand,
  type SuppressionListReason,
} from '@aws-sdk/client-sesv2'
import { type Account, type Kind, pagesOf, type Parts, unlessAbsent } from '../kind.ts'
import { tenantNames } from './tenants.ts'

export const suppression: Kind = {
  name: 'suppression',
  entries: (source) => addresses(source, undefined),
  read: (account, key) => readEntry(account, { EmailAddress: key }),
  create: (target, key, wanted) => put(target, { EmailAddress: key }, wanted),
  write: (target, key, _part, wanted) => put(target, { EmailAddress: key }, wanted),
}

export const tenantSuppression: Kind = {
  name: 'tenant-suppression',
  async *entries(source, scope) {
    for await (const names of tenantNames(source, scope)) for (const { key } of names) yield* addresses(source, key)
  },
  read: (account, key) => readEntry(account, named(key)),
  create: (target, key, wanted) => put(target, named(key), wanted),
  write: (target, key, _part, wanted) => put(target, named(key), wanted),
}

function addresses({ client }: Account, TenantName: string | undefined) {
  return pagesOf(
    (token) => client.send(new ListSuppressedDestinationsCommand({ ...token, ...(TenantName ? { TenantName } : {}), PageSize: 1_000 })),
    ({ SuppressedDestinationSummaries = [] }) =>
      SuppressedDestinationSummaries.map(({ EmailAddress = '', Reason }) => ({
        key: TenantName ? `${TenantName}/${EmailAddress}` : EmailAddress,
        found: { parts: { Reason } },
      })),
  )
}

// The name of a tenant has no slash.
function named(key: string) {
  const slash = key.indexOf('/')
  return { TenantName: key.slice(0, slash), EmailAddress: key.slice(slash + 1) }
}

async function readEntry({ client }: Account, entry: { EmailAddress: string; TenantName?: string }) {
  const answer = await unlessAbsent(client.send(new GetSuppressedDestinationCommand(entry)))
  return answer && { parts: { Reason: answer.SuppressedDestination?.Reason } }
}

function put({ client }: Account, entry: { EmailAddress: string; TenantName?: string }, wanted: Parts) {
  return client.send(new PutSuppressedDestinationCommand({ ...entry, Reason: wanted.Reason as SuppressionListReason }))
}
