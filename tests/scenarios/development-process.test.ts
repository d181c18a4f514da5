// The service as a process: ready within seconds, kept data after kill -9, and a clean end on SIGTERM.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreateEmailIdentityCommand, GetEmailIdentityCommand, SendEmailCommand } from '@aws-sdk/client-sesv2'
import type { GetInboxMessageAnswer, ListInboxAnswer } from '../../src/model/own-wire.ts'
import { runCli } from '../harness/run-cli.ts'
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

test('in the sandbox the banner says so, and `hello` to a stranger says how that ends', async (t) => {
  const keys = { BULKHEAD_ACCESS_KEY_ID: 'AKIASANDBOXOFHELLO01', BULKHEAD_SECRET_ACCESS_KEY: 'secret-of-the-sandbox-0123456789-abcdefgh' }
  const service = await startProcess(t, { environment: { ...keys, BULKHEAD_SANDBOX: 'on' } })
  await waitFor('the banner', async () => /starts in the sandbox \(BULKHEAD_SANDBOX\)/.test(service.output().out))
  const hello = (recipient: string) =>
    runCli(['hello', recipient, '--endpoint-url', `http://127.0.0.1:${service.http.port}`], { environment: keys, folder: service.dataDir })
  const refused = await hello('you@anywhere.test')
  assert.equal(refused.code, 254, refused.err)
  assert.match(
    refused.err,
    /MessageRejected[\s\S]*\nThe account is in the sandbox: it sends to verified recipients only\. `bulkhead account grant` ends that\.$/m,
  )
  const taken = await hello('you@hello.test')
  assert.equal(taken.code, 0, taken.err)
})
