// The tour of nodemailer: its SES transport and its SMTP transport, both ways of TLS, pooled, with attachments, and refused.
import type { TestContext } from 'node:test'
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import type { ListInboxAnswer } from '../../src/model/own-wire.ts'
import { waitFor } from '../harness/wait-for.ts'
import { storyV2 } from './story-v2.ts'
import { createTally, type Tour } from './tally.ts'
import { startTourService } from './tour-service.ts'
import { walkWithSdk } from './walk-with-sdk.ts'
import * as sdk from '@aws-sdk/client-sesv2'

const letter = {
  from: 'Shop <news@shop.test>',
  subject: 'Grüße',
  text: 'Hello.\n',
  html: '<p>Hellö</p>',
  attachments: [{ filename: 'a.bin', content: Buffer.from([0, 255, 13, 10, 46]) }],
}

/** Every letter is looked for in the far server's inbox. */
export async function tourNodemailer(t: Pick<TestContext, 'after'>): Promise<Tour> {
  const { service, local } = await startTourService(t)
  const ses = new SESv2Client({ endpoint: local.endpoint, region: 'us-east-1', credentials: local, maxAttempts: 1 })
  const tally = createTally()
  const arrives = async (to: string) => {
    await waitFor(`the mail for ${to}`, async () => (await service.own<ListInboxAnswer>('/bulkhead/v1/inbox', { Recipient: to })).Total === 1)
  }
  const visit = async (name: string, job: () => Promise<unknown>, refuse?: RegExp) => {
    try {
      await job()
      if (refuse) tally.fail(name, `it was not refused with ${refuse}`)
      else tally.ok(name)
    } catch (fault) {
      if (refuse?.test((fault as Error).message)) tally.refused(name)
      else tally.fail(name, (fault as Error).message)
    }
  }
  try {
    // The identity, the tenant and what they need.
    const ground = createTally()
    const needed = ['CreateEmailIdentity', 'GetEmailIdentity', 'CreateTenant', 'CreateTenantResourceAssociation']
    const steps = storyV2.filter(
      ({ operation, refuse, input }) => needed.includes(operation) && !refuse && !/configuration-set|template/.test(JSON.stringify(input)),
    )
    await walkWithSdk(steps, { sesv2: { client: ses as never, sdk: sdk as never } }, ground)
    for (const failure of ground.failures) tally.fail('ground', failure)

    const api = createTransport({ SES: { sesClient: ses, SendEmailCommand } })
    await visit('SES transport.send', async () => {
      await api.sendMail({ ...letter, to: 'api@far.test' })
      await arrives('api@far.test')
    })
    await visit('SES transport.send for a tenant', async () => {
      await api.sendMail({ ...letter, to: 'tenant@far.test', ses: { TenantName: 'acme', EmailTags: [{ Name: 'k', Value: 'v' }] } } as never)
      await arrives('tenant@far.test')
    })
    await visit('SES transport.send', () => api.sendMail({ ...letter, from: 'x@unknown.test', to: 'a@far.test' }), /Email address is not verified/)
    await visit('SES transport.verify', () => api.verify())
    for (const [name, options] of [
      ['SMTP with STARTTLS', { port: service.smtp.port, requireTLS: true }],
      ['SMTP with TLS', { port: service.smtps.port, secure: true }],
    ] as const) {
      const pool = { ...options, host: '127.0.0.1', pool: true, maxConnections: 1, tls: { ca: local.certificate } } as const
      const { user, password } = service.smtp
      const smtp = createTransport({ ...pool, auth: { user, pass: password } })
      const label = name.replace(/\W+/g, '-').toLowerCase()
      await visit(`${name}.verify`, () => smtp.verify())
      await visit(`${name}.send`, async () => {
        for (const to of [`${label}-1@far.test`, `${label}-2@far.test`]) {
          await smtp.sendMail({ ...letter, to, headers: { 'X-SES-TENANT': 'acme' } })
          await arrives(to)
        }
      })
      await visit(`${name}.send`, () => smtp.sendMail({ ...letter, from: 'x@unknown.test', to: 'a@far.test' }), /554 .*not verified/)
      smtp.close()
      const wrong = createTransport({ ...pool, auth: { user, pass: 'wrong' } })
      await visit(`${name}.login`, () => wrong.sendMail({ ...letter, to: 'a@far.test' }), /535/)
      wrong.close()
    }
  } finally {
    ses.destroy()
  }
  return { client: 'nodemailer', visits: tally.visits, failures: tally.failures, unknown: [] }
}
