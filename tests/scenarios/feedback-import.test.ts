// Mail that came back elsewhere is taken from files and Maildirs by the command line, once however often it runs; a report that takes a
// complaint back opens the tenant's list again.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { arf, dsn, headerOf, sendBack } from '../harness/feedback-mails.ts'
import { runCli } from '../harness/run-cli.ts'
import { letterTo, startWorld } from '../harness/world.ts'

interface Line {
  file: string
  result: string
  messageId?: string | null
  recipient?: string | null
  error?: string
}

test('feedback import walks a Maildir, tells each file’s result, and may run again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'feedback-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  // The signature of a command is as old as the machine's clock says.
  const world = await startWorld(t, { clock: 'system', environment: { BULKHEAD_FEEDBACK: 'off' } })
  assert.equal(world.service.feedback, undefined)
  await world.verifiedIdentity('shop.test')
  const sent = []
  for (const recipient of ['ann@far.test', 'ben@far.test']) {
    const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient)))
    const arrived = await world.far.waitForMail(recipient)
    await world.waitForEvent(MessageId, 'DELIVERY')
    sent.push({ id: MessageId, recipient, to: arrived.envelopeSender, returned: headerOf(arrived) })
  }
  const [ann, ben] = sent
  assert.ok(ann && ben)
  for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, name))
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
  // By the address it was delivered to, in the line ends of the machine, with the first line of an mbox.
  put('new/1', `From MAILER-DAEMON Tue Nov 24 10:00:00 2026\n${`Delivered-To: ${ann.to}\r\n${dsn({ recipient: ann.recipient })}`.replaceAll('\r\n', '\n')}`)
  // By the returned message alone.
  put(
    'cur/2',
    dsn({ recipient: ben.recipient, status: '5.2.2', diagnostic: '552 5.2.2 Mailbox full', returned: ben.returned.replace(/^(?!X-Bulkhead).*\r\n/gm, '') }),
  )
  put('cur/3', dsn({ recipient: 'cat@far.test', status: '5.1.1' }))
  put('cur/4', arf({ returned: ben.returned }))
  put('cur/5', 'Subject: nothing\n\nof interest\n')
  put('cur/6', '')
  put('tmp/7', dsn({ recipient: ann.recipient, to: ann.to }))
  const run = async (...more: string[]) => {
    const { accessKeyId, secretAccessKey } = world.service.credentials
    const outcome = await runCli(['feedback', 'import', folder, '--endpoint-url', world.service.endpoint, ...more], {
      environment: { BULKHEAD_ACCESS_KEY_ID: accessKeyId, BULKHEAD_SECRET_ACCESS_KEY: secretAccessKey },
    })
    const lines = outcome.out
      .trim()
      .split('\n')
      .map((line): Line => JSON.parse(line))
    return { ...outcome, results: Object.fromEntries(lines.map(({ file, result }) => [file.slice(folder.length + 1), result])), lines }
  }
  const first = await run()
  assert.deepEqual(first.results, {
    'cur/2': 'bounce',
    'cur/3': 'no-token',
    'cur/4': 'unknown-reporter',
    'cur/5': 'other',
    'cur/6': 'failed',
    'new/1': 'bounce',
  })
  assert.equal(first.code, 255, 'a file that could not be taken')
  const line = first.lines.find(({ file }) => file.endsWith('new/1'))
  assert.deepEqual([line?.messageId, line?.recipient], [ann.id, ann.recipient])
  assert.deepEqual(await world.eventsOf(ann.id), ['SEND', 'DELIVERY', 'BOUNCE'])
  assert.equal(readdirSync(join(folder, 'cur')).length, 5, 'nothing was moved')

  rmSync(join(folder, 'cur/6'))
  const second = await run('--trust-reporters', '--remove')
  assert.equal(second.code, 0)
  assert.deepEqual(second.results, { 'cur/2': 'duplicate', 'cur/3': 'no-token', 'cur/4': 'complaint', 'cur/5': 'other', 'new/1': 'duplicate' })
  assert.deepEqual([readdirSync(join(folder, 'cur')), existsSync(join(folder, 'tmp/7'))], [[], true])
  assert.deepEqual(await world.eventsOf(ben.id), ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT'])
})

test('a not-spam report takes a complaint off the tenant’s list, and nothing else', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  await world.ses.send(
    new sdk.PutTenantSuppressionAttributesCommand({ TenantName: 'acme', SuppressedReasons: ['BOUNCE', 'COMPLAINT'], SuppressionScope: 'TENANT' }),
  )
  const send = async (recipient: string) => {
    await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient, { TenantName: 'acme' })))
    return world.far.waitForMail(recipient)
  }
  const listed = async () =>
    (await world.ses.send(new sdk.ListSuppressedDestinationsCommand({ TenantName: 'acme' }))).SuppressedDestinationSummaries?.map(
      ({ EmailAddress }) => EmailAddress,
    )
  const door = world.service.feedback
  assert.ok(door)
  const [ann, ben] = [await send('ann@far.test'), await send('ben@far.test')]
  await sendBack(door, ann.envelopeSender, arf({ returned: headerOf(ann) }))
  await sendBack(door, ben.envelopeSender, dsn({ recipient: 'ben@far.test' }))
  assert.deepEqual(await listed(), ['ann@far.test', 'ben@far.test'])
  for (const { envelopeSender, ...mail } of [ann, ben]) await sendBack(door, envelopeSender, arf({ type: 'not-spam', returned: headerOf(mail) }))
  assert.deepEqual(await listed(), ['ben@far.test'], 'a bounce stays')
})

test('feedback about a deleted tenant lists nobody, and a tenant made anew hears nothing of it', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo('ann@far.test', { TenantName: 'acme' })))
  const { envelopeSender } = await world.far.waitForMail('ann@far.test')
  await world.waitForEvent(MessageId, 'DELIVERY')
  await world.ses.send(new sdk.DeleteTenantCommand({ TenantName: 'acme' }))
  await world.clock.advance(1_000)
  await world.tenant('acme', { identities: ['shop.test'] })
  assert.ok(world.service.feedback)
  await sendBack(world.service.feedback, envelopeSender, dsn({ recipient: 'ann@far.test' }))
  assert.deepEqual(await world.eventsOf(MessageId), ['SEND', 'DELIVERY', 'BOUNCE'], 'the account still learns of it')
  const ofTenant = await world.own<{ Events: unknown[] }>('/bulkhead/v1/events', { TenantName: 'acme', Types: 'BOUNCE' })
  assert.equal(ofTenant.Events.length, 0)
  for (const TenantName of [undefined, 'acme'])
    assert.deepEqual((await world.ses.send(new sdk.ListSuppressedDestinationsCommand({ TenantName }))).SuppressedDestinationSummaries, [])
})
