// A real mail server that accepts our mail and bounces it later: every report must come back over SMTP and be told of the right tenant, message and
// recipient with the right type. Behind the server stand its own mailboxes and the next hops that refuse.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { freePort } from '../harness/free-port.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld } from '../harness/world.ts'
import { startFar } from './delivery-world.ts'

/** Starts a mail server that listens on `port`. */
export type StartPeer = (where: {
  readonly port: number
  /** Domain to port on this machine. */
  readonly transports: Readonly<Record<string, number>>
  readonly mailboxDomain: string
}) => Promise<{ close(): Promise<void> }>

interface Told {
  eventType: string
  mail: { destination: string[]; tags: Record<string, string[]> }
  bounce?: {
    bounceType: string
    bounceSubType: string
    bouncedRecipients: { emailAddress: string; status?: string; diagnosticCode?: string }[]
    reportingMTA?: string
  }
}

/** Local part at the gateway, or address at Postfix's own domain: what it comes to. */
const ends: Record<string, { readonly type: string; readonly status: RegExp; readonly listed: boolean }> = {
  'nobody@mailboxes.test': { type: 'Permanent/NoEmail', status: /^5\.1\.1$/, listed: true },
  'unknown@gateway.test': { type: 'Permanent/NoEmail', status: /^5\.1\.1$/, listed: true },
  'full@gateway.test': { type: 'Transient/MailboxFull', status: /^5\.2\.2$/, listed: false },
  'large@small.test': { type: 'Transient/MessageTooLarge', status: /^5\.3\.4$/, listed: false },
  'relay@gateway.test': { type: 'Permanent/General', status: /^5\.7\.1$/, listed: true },
  'expired@gateway.test': { type: 'Transient/General', status: /^4\./, listed: false },
  'spam@gateway.test': { type: 'Transient/ContentRejected', status: /^5\.7\.1$/, listed: false },
}

/** Sends one mail of two tenants to each end, and judges what comes back. `tellsStatus`: the reports' statuses say more than that it failed. */
export async function proveLaterBounces(t: TestContext, startPeer: StartPeer, { tellsStatus = true } = {}): Promise<void> {
  const port = await freePort()
  // Before the world, so that its hook, which looks for what is left, comes last.
  let peer: { close(): Promise<void> } | undefined
  t.after(() => peer?.close())
  const gateway = await startFar({
    command: (verb, line) => {
      if (verb !== 'RCPT') return undefined
      if (line.includes('unknown@')) return '550 5.1.1 <unknown@gateway.test>: Recipient address rejected: User unknown\r\n'
      if (line.includes('full@')) return '552 5.2.2 <full@gateway.test>: Mailbox is over quota\r\n'
      if (line.includes('relay@')) return '554 5.7.1 <relay@gateway.test>: Relay access denied\r\n'
      if (line.includes('expired@')) return '451 4.3.0 <expired@gateway.test>: Temporary lookup failure\r\n'
      return undefined
    },
    message: (_text, session) => (session.recipient.startsWith('spam@') ? '554 5.7.1 Message rejected as spam by content scanner\r\n' : undefined),
    capabilities: ['PIPELINING', 'SIZE 1000000', 'ENHANCEDSTATUSCODES'],
  })
  t.after(() => gateway.close())
  // Postfix looks at the announced size itself, Exim leaves it to the next hop.
  const small = await startFar({
    capabilities: ['PIPELINING', 'SIZE 500'],
    command: (verb) => (verb === 'MAIL' ? '552 5.3.4 Message size exceeds fixed limit\r\n' : undefined),
  })
  t.after(() => small.close())
  const world = await startWorld(t, {
    clock: 'system',
    environment: {
      BULKHEAD_HOSTNAME: 'mail.provider.test',
      BULKHEAD_ROUTES: ['mailboxes.test', 'gateway.test', 'small.test'].map((domain) => `${domain}=127.0.0.1:${port}`).join(','),
    },
  })
  const feedback = world.service.feedback
  assert.ok(feedback)
  peer = await startPeer({
    port,
    mailboxDomain: 'mailboxes.test',
    transports: { 'gateway.test': gateway.port, 'small.test': small.port, 'mail.provider.test': feedback.port, 'bounce.shop.test': feedback.port },
  })
  await world.verifiedIdentity('shop.test')
  await world.verifiedIdentity('brand.test')
  await world.ses.send(new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity: 'shop.test', MailFromDomain: 'bounce.shop.test' }))
  await waitFor('the MAIL FROM domain', async () => {
    const { MailFromAttributes } = await world.ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
    return MailFromAttributes?.MailFromDomainStatus === 'SUCCESS'
  })
  // The same address fails for both tenants: one with a MAIL FROM domain of its own, one with ours.
  const senders = [
    { tenant: 'acme', identity: 'shop.test' },
    { tenant: 'globex', identity: 'brand.test' },
  ]
  for (const { tenant, identity } of senders) {
    await world.tenant(tenant, { identities: [identity] })
    await world.ses.send(new sdk.PutTenantSuppressionAttributesCommand({ TenantName: tenant, SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' }))
  }
  const sent: { id: string | undefined; tenant: string; recipient: string }[] = []
  for (const recipient of Object.keys(ends))
    for (const { tenant, identity } of senders) {
      const letter = letterTo(recipient, { TenantName: tenant, FromEmailAddress: `news@${identity}` })
      sent.push({ id: (await world.ses.send(new sdk.SendEmailCommand(letter))).MessageId, tenant, recipient })
    }
  for (const { id, tenant, recipient } of sent) {
    await waitFor(`the bounce of ${recipient}`, async () => (await world.eventsOf(id)).includes('BOUNCE'), 30_000)
    const records = (await world.records(id)) as unknown as Told[]
    assert.deepEqual(
      records.map(({ eventType }) => eventType),
      ['Send', 'Delivery', 'Bounce'],
      recipient,
    )
    const { bounce, mail } = records[2] as Told
    const end = ends[recipient]
    const [bounced, ...others] = bounce?.bouncedRecipients ?? []
    assert.deepEqual([bounced?.emailAddress, others.length, mail.tags['ses:tenant-name']], [recipient, 0, [tenant]])
    assert.equal(`${bounce?.bounceType}/${bounce?.bounceSubType}`, end?.type, `${recipient}: ${bounced?.diagnosticCode}`)
    assert.match(bounced?.status ?? '', tellsStatus ? (end?.status ?? /^$/) : /^[45]\./, recipient)
    assert.equal(bounce?.reportingMTA, 'dns; mx.far.test')
  }
  for (const { tenant } of senders) {
    const { SuppressedDestinationSummaries: entries = [] } = await world.ses.send(new sdk.ListSuppressedDestinationsCommand({ TenantName: tenant }))
    assert.deepEqual(
      entries.map(({ EmailAddress }) => EmailAddress).sort(),
      Object.keys(ends)
        .filter((recipient) => ends[recipient]?.listed)
        .sort(),
    )
  }
}
