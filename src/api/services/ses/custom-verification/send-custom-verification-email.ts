// SendCustomVerificationEmail: the customer's words and our link go to the address by the ordinary road, and the address becomes a pending
// identity. The mail first: when it is refused nothing is left, and a link that overtakes its record is "older" for a moment only.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { readAccount } from '../../../../resources/account.ts'
import { isInSandbox } from '../../../../resources/account-access.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { createIdentity } from '../../../../resources/create-identity.ts'
import { judgeVerificationRecipient, requireCustomVerificationTemplate } from '../../../../resources/custom-verification-templates.ts'
import { identities } from '../../../../resources/identities.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import { putIdentity } from '../../../../resources/put-identity.ts'
import { linkMsMax } from '../../../../verification/limits.ts'
import type { Operation } from '../../../operation.ts'

export const sendCustomVerificationEmail: Operation<'SendCustomVerificationEmail'> = async (input, call, parts) => {
  const { store, clock, random, sealer, home, acceptMessage, verificationLink, accountDefaults } = parts
  // SES: not before the account has production access.
  if (isInSandbox((await readAccount(store)).value, accountDefaults)) return refuse('ProductionAccessNotGranted')
  const address = input.EmailAddress ?? ''
  const fault = judgeVerificationRecipient(address)
  if (fault) return fault
  const found = await requireCustomVerificationTemplate(store, input.TemplateName ?? '')
  if (isRefusal(found)) return found
  const template = found.value
  const now = clock.now()
  const name = identityKey(address)
  const known = (await store.get(identities, name))?.value
  const verified = known?.verification === 'SUCCESS'
  const request = { name, tags: [], signing: undefined, configurationSetName: undefined }
  if (!known) {
    const planned = await createIdentity({ store, random, sealer, home, now }, request)
    if (isRefusal(planned)) return planned
  }
  const link = verificationLink({ name, verificationStartedAt: verified ? known.verificationStartedAt : now })
  const accepted = await acceptMessage({
    principal: call.principal,
    door: 'api',
    operation: 'SendCustomVerificationEmail',
    sourceIp: call.sourceIp,
    sourceTlsVersion: call.tlsVersion,
    from: template.from,
    tenantName: undefined,
    configurationSetName: input.ConfigurationSetName || undefined,
    tags: undefined,
    destination: { to: [name], cc: [], bcc: [] },
    envelopeRecipients: undefined,
    replyTo: [],
    content: {
      kind: 'simple',
      subject: { data: template.subject, charset: undefined },
      text: undefined,
      html: { data: withLink(template.content, link), charset: undefined },
      headers: [],
      attachments: [],
    },
  })
  if (isRefusal(accepted)) return accepted
  const redirects = { success: template.successUrl, failure: template.failureUrl }
  const identity = await commitDecision(store, async () => {
    const before = await store.get(identities, name)
    if (!before) {
      const created = await createIdentity({ store, random, sealer, home, now }, request)
      if (isRefusal(created)) return created
      // Looked at already: our own mail must not follow. The next look is the end of the link.
      const value = { ...created.answer, lastCheckedAt: now, nextCheckAt: now + linkMsMax, verificationRedirects: redirects }
      return { answer: undefined, changes: putIdentity(undefined, value) }
    }
    const restarted =
      before.value.verification === 'SUCCESS'
        ? {}
        : { verification: 'PENDING' as const, verificationStartedAt: now, lastCheckedAt: now, nextCheckAt: now + linkMsMax }
    return { answer: undefined, changes: putIdentity(before, { ...before.value, ...restarted, verificationRedirects: redirects }) }
  })
  return isRefusal(identity) ? refuse('ServiceUnavailable') : { MessageId: accepted.messageId }
}

/** The link and SES's line behind the content, inside its body when it has one. */
function withLink(content: string, link: string): string {
  const tail = `<p><a href="${link}">${link}</a></p>\n<p>If you did not request to verify this email address, please disregard this message.</p>\n`
  const end = content.toLowerCase().lastIndexOf('</body>')
  return end < 0 ? `${content}\n${tail}` : `${content.slice(0, end)}${tail}${content.slice(end)}`
}
