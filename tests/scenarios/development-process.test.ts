// The service as a process: ready within seconds, kept data after kill -9, and a clean end on SIGTERM.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreateEmailIdentityCommand, GetEmailIdentityCommand, SendEmailCommand } from '@aws-sdk/client-sesv2'
import type { GetInboxMessageAnswer, ListInboxAnswer } from '../../src/model/own-wire.ts'
import { startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo } from '../harness/world.ts'

test('what was answered survives kill -9; SIGTERM ends with 0', async (t) => {
  const service = await startProcess(t, { environment: { BULKHEAD_REGON: 'not-to-be-shown' } })
  const { err } = service.output()
  assert.match(err, /^BULKHEAD_REGON is not a setting and changes nothing\. Did you mean BULKHEAD_REGION\?$/m)
  assert.doesNotMatch(err, /not-to-be-shown/)
  const inboxOf = (recipient: string) => service.own<ListInboxAnswer>('/bulkhead/v1/inbox', { Recipient: recipient })
  await service.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await waitFor('verification', async () => {
    const identity = await service.ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
    return identity.DkimAttributes?.Status === 'SUCCESS'
  })
  await service.ses.send(new SendEmailCommand(letterTo('ann@far.test')))
  const { Messages } = await waitFor('mail in the inbox', async () => {
    const answer = await inboxOf('ann@far.test')
    return answer.Total > 0 ? answer : undefined
  })
  assert.deepEqual(Messages[0]?.Signatures.map(({ Domain }) => Domain).sort(), ['localhost', 'shop.test'])
  const { Source } = await service.own<GetInboxMessageAnswer>(`/bulkhead/v1/inbox/${Messages[0]?.Id}`)
  assert.match(Buffer.from(Source, 'base64').toString(), /Hello from the shop/)

  // Answered and killed in the same moment: it arrives after the start, in the new inbox, or was under way already.
  await service.ses.send(new SendEmailCommand(letterTo('wait-5@far.test')))
  await service.kill()
  await service.start()
  const identity = await service.ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  assert.equal(identity.VerifiedForSendingStatus, true)
  await waitFor('the message after the kill', async () => (await inboxOf('wait-5@far.test')).Total > 0, 20_000)

  assert.equal(await service.terminate(), 0)
})
