// Identities. Their keys cannot be read anywhere, so every domain signs with a key of the target and its records are new; a verification state
// is earned anew. An address would be sent a mail, so it comes along only when the command says so.
import {
  CreateEmailIdentityCommand,
  CreateEmailIdentityPolicyCommand,
  DeleteEmailIdentityPolicyCommand,
  type DkimAttributes,
  type DkimSigningKeyLength,
  GetEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  type MailFromAttributes,
  PutEmailIdentityConfigurationSetAttributesCommand,
  PutEmailIdentityDkimAttributesCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  type Tag,
  UpdateEmailIdentityPolicyCommand,
} from '@aws-sdk/client-sesv2'
import { canonical } from '../compare.ts'
import { type Account, type Kind, localName, pagesOf, unlessAbsent } from '../kind.ts'
import { tagPart, writeTags } from './tag-part.ts'

const policyPrefix = 'Policy '

export const identities: Kind = {
  name: 'identities',
  planReadsNew: true,
  entries: ({ client }) =>
    pagesOf(
      (token) => client.send(new ListEmailIdentitiesCommand(token)),
      ({ EmailIdentities = [] }) => EmailIdentities.map(({ IdentityName = '' }) => ({ key: IdentityName })),
    ),
  leftOut: (key, scope) =>
    key.includes('@') && !scope.verifyAddresses ? 'an address is verified by a new mail to it: --verify-addresses copies addresses and sends these' : undefined,
  async read({ client }, EmailIdentity) {
    const identity = await unlessAbsent(client.send(new GetEmailIdentityCommand({ EmailIdentity })))
    if (!identity) return undefined
    const isDomain = !EmailIdentity.includes('@')
    const policies = Object.entries(identity.Policies ?? {}).map(([name, text]) => [policyPrefix + name, policyPart(text)])
    return {
      parts: {
        Tags: tagPart(identity.Tags),
        ConfigurationSetName: identity.ConfigurationSetName || null,
        FeedbackForwarding: identity.FeedbackForwardingStatus ?? true,
        MailFrom: mailFromPart(identity.MailFromAttributes),
        ...(isDomain ? { SigningEnabled: identity.DkimAttributes?.SigningEnabled ?? true, KeyLength: keyLength(identity.DkimAttributes) } : {}),
        ...Object.fromEntries(policies),
      },
      notes: isDomain ? dkimNotes(identity.DkimAttributes) : [],
    }
  },
  create: ({ client }, EmailIdentity, wanted) =>
    client.send(
      new CreateEmailIdentityCommand({
        EmailIdentity,
        Tags: wanted.Tags as Tag[],
        ...(wanted.KeyLength ? { DkimSigningAttributes: { NextSigningKeyLength: wanted.KeyLength as DkimSigningKeyLength } } : {}),
      }),
    ),
  async write(target, key, part, wanted, present) {
    const { client } = target
    const named = { EmailIdentity: key }
    const value = wanted[part]
    if (part.startsWith(policyPrefix)) return writePolicy(target, key, part.slice(policyPrefix.length), value, part in present)
    switch (part) {
      case 'Tags':
        return writeTags(target, `identity/${key}`, wanted, present)
      case 'ConfigurationSetName':
        return client.send(new PutEmailIdentityConfigurationSetAttributesCommand({ ...named, ...(value ? { ConfigurationSetName: value as string } : {}) }))
      case 'FeedbackForwarding':
        return client.send(new PutEmailIdentityFeedbackAttributesCommand({ ...named, EmailForwardingEnabled: value as boolean }))
      case 'MailFrom':
        return client.send(new PutEmailIdentityMailFromAttributesCommand({ ...named, ...(value as object | null) }))
      case 'SigningEnabled':
        return client.send(new PutEmailIdentityDkimAttributesCommand({ ...named, SigningEnabled: value as boolean }))
      case 'KeyLength':
        return client.send(
          new PutEmailIdentityDkimSigningAttributesCommand({
            ...named,
            SigningAttributesOrigin: 'AWS_SES',
            SigningAttributes: { NextSigningKeyLength: value as DkimSigningKeyLength },
          }),
        )
      default:
        throw new Error(`an identity has no part ${part}`)
    }
  },
}

function mailFromPart(attributes: MailFromAttributes | undefined) {
  if (!attributes?.MailFromDomain) return null
  return { MailFromDomain: attributes.MailFromDomain, BehaviorOnMxFailure: attributes.BehaviorOnMxFailure ?? 'USE_DEFAULT_VALUE' }
}

function keyLength(dkim: DkimAttributes | undefined): string | undefined {
  return dkim?.SigningAttributesOrigin === undefined || dkim.SigningAttributesOrigin === 'AWS_SES' ? dkim?.NextSigningKeyLength : undefined
}

function dkimNotes(dkim: DkimAttributes | undefined): string[] {
  const origin = dkim?.SigningAttributesOrigin ?? 'AWS_SES'
  const first = ['the keys of a domain cannot be read: publish its new DKIM records, and it is verified anew']
  if (origin === 'EXTERNAL')
    return [
      ...first,
      'a private key of your own (BYODKIM) cannot be read: the domain starts with Easy DKIM until PutEmailIdentityDkimSigningAttributes gives it your key',
    ]
  return origin === 'AWS_SES'
    ? first
    : [
        ...first,
        'a replica of Deterministic Easy DKIM starts with Easy DKIM of its own: its parent is named anew, by BULKHEAD_DKIM_PARENTS and PutEmailIdentityDkimSigningAttributes',
      ]
}

/** A policy with the ARNs of identities and sets shortened, so that it is the same text in two accounts. */
function policyPart(text: string): unknown {
  let document: { Statement?: unknown }
  try {
    document = JSON.parse(text) as typeof document
  } catch {
    return text
  }
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  const short = statements.map((statement: Record<string, unknown>) => {
    const localised = { ...statement }
    for (const member of ['Resource', 'NotResource']) {
      const named = localised[member]
      if (named !== undefined) localised[member] = Array.isArray(named) ? named.map((one) => localName(String(one))) : localName(String(named))
    }
    return localised
  })
  return { ...document, Statement: short }
}

function writePolicy(target: Account, EmailIdentity: string, PolicyName: string, part: unknown, isThere: boolean): Promise<unknown> {
  const { client, arnBase } = target
  if (part === undefined) return client.send(new DeleteEmailIdentityPolicyCommand({ EmailIdentity, PolicyName }))
  const Policy =
    typeof part === 'string'
      ? part
      : canonical(part).replace(/"((?:Not)?Resource)":("[^"]*"|\[[^\]]*\])/g, (_, member: string, names: string) => {
          return `"${member}":${names.replace(/"(identity|configuration-set|template|tenant)\//g, `"${arnBase}$1/`)}`
        })
  const named = { EmailIdentity, PolicyName, Policy }
  return isThere ? client.send(new UpdateEmailIdentityPolicyCommand(named)) : client.send(new CreateEmailIdentityPolicyCommand(named))
}
