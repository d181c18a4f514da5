// Complaints at the address that everybody knows: only of feedback loops that the operator lists, proved by their DKIM signature, and only
// about a message whose token they bring.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { createTransport } from 'nodemailer'
import { arf, headerOf, sendBack } from '../harness/feedback-mails.ts'
import { letterTo, startWorld } from '../harness/world.ts'

test('a listed reporter’s signature makes a complaint count at complaints@; nobody else’s does', async (t) => {
  const world = await startWorld(t, { environment: { BULKHEAD_COMPLAINT_REPORTERS: 'arf.loop.test,forward.test' } })
  await world.verifiedIdentity('shop.test')
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const text = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`
  const publish = (domain: string) => {
    const name = `s1._domainkey.${domain}`
    world.dns.override(name, 'TXT', { code: 'NOERROR', records: [{ name, type: 'TXT', data: text }] })
  }
  for (const domain of ['arf.loop.test', 'eu.arf.loop.test', 'stranger.test', 'forward.test']) publish(domain)
  const signed = async (domainName: string, raw: string) => {
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', dkim: { domainName, keySelector: 's1', privateKey } })
    const { message } = await transport.sendMail({ envelope: { from: '', to: 'x@localhost' }, raw })
    return message as Buffer
  }
  const send = async (recipient: string) => {
    const { MessageId } = await world.ses.send(new sdk.SendEmailCommand(letterTo(recipient)))
    const arrived = await world.far.waitForMail(recipient)
    await world.waitForEvent(MessageId, 'DELIVERY')
    // Providers redact: no envelope, no recipient, only our own field is left.
    const header = headerOf(arrived)
      .split('\r\n')
      .filter((line) => /^(X-Bulkhead-Token|Subject|From):/.test(line))
    return { id: MessageId, returned: header.join('\r\n') }
  }
  const door = world.service.feedback
  assert.ok(door)
  const post = (raw: string | Buffer, to = 'complaints@localhost') =>
    sendBack(door, to, raw, 'feedback@arf.loop.test').catch((fault: { responseCode: number; response: string }) => fault.response)
  const ann = await send('ann@far.test')
  const report = arf({ returned: ann.returned })

  assert.match(await post(report), /^550 5\.7\.1/, 'unsigned')
  assert.match(await post(await signed('stranger.test', report)), /^550 5\.7\.1/, 'signed by a stranger')
  assert.match(await post(await signed('loop.test', report)), /^550 5\.7\.1/, 'the domain above is not listed')
  const altered = (await signed('arf.loop.test', report)).toString('latin1').replace('LoopTest/1.0', 'LoopTest/1.1')
  assert.match(await post(altered), /^550 5\.7\.1/, 'the signature does not fit')
  const cut = (await signed('arf.loop.test', report)).toString('latin1').replace(/^(DKIM-Signature: )/m, '$1l=10; ')
  assert.match(await post(cut), /^550 5\.7\.1/, 'a signature over a part of the body')
  world.dns.override('s1._domainkey.arf.loop.test', 'TXT', { code: 'SERVFAIL' })
  assert.match(await post(await signed('arf.loop.test', report)), /^451 4\.7\.5/, 'no key to be had now')
  publish('arf.loop.test')
  assert.match(await post(await signed('arf.loop.test', arf({ returned: 'Subject: nothing of ours' }))), /^250/, 'a loop hears nothing of tokens')
  const forged = ann.returned.replace(/Token: (.)/, (_, first: string) => `Token: ${first === 'a' ? 'b' : 'a'}`)
  assert.match(await post(await signed('arf.loop.test', arf({ returned: forged }))), /^250/)
  assert.deepEqual(await world.eventsOf(ann.id), ['SEND', 'DELIVERY'])

  assert.match(await post(await signed('eu.arf.loop.test', report)), /^250/)
  assert.match(await post(await signed('arf.loop.test', report), 'abuse@localhost'), /^250/)
  assert.deepEqual(await world.eventsOf(ann.id), ['SEND', 'DELIVERY', 'COMPLAINT'])
  assert.throws(() => readdirSync(join(world.dataDir, 'postmaster/new')), { code: 'ENOENT' }, 'a report of a loop is no letter')
  assert.match(await post(report, 'abuse@localhost'), /^250/)
  assert.equal(readdirSync(join(world.dataDir, 'postmaster/new')).length, 1, 'anybody else’s is read by people')

  // JMRP's old way: the message itself, attached to a letter without a report.
  const ben = await send('ben@far.test')
  const passedOn = [
    'From: staff@forward.test',
    'To: fbl@localhost',
    'Subject: complaint about message from 192.0.2.1',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="=_p"',
    '',
    '--=_p',
    'Content-Type: message/rfc822',
    '',
    `${ben.returned}\r\n\r\nbody`,
    '--=_p--',
    '',
  ].join('\r\n')
  assert.match(await post(passedOn), /^550/)
  assert.match(await post(await signed('forward.test', passedOn)), /^250/)
  assert.deepEqual(await world.eventsOf(ben.id), ['SEND', 'DELIVERY', 'COMPLAINT'])
  const listed = await world.ses.send(new sdk.ListSuppressedDestinationsCommand({ Reasons: ['COMPLAINT'] }))
  assert.deepEqual(listed.SuppressedDestinationSummaries?.map(({ EmailAddress }) => EmailAddress).sort(), ['ann@far.test', 'ben@far.test'])

  // The operator's files: complaints need the same proof, or the operator's word.
  const cat = await send('cat@far.test')
  const file = arf({ returned: cat.returned })
  const take = (query: Record<string, string>) => world.own<{ Result: string }>('/bulkhead/v1/feedback', query, 'POST', file)
  assert.equal((await take({})).Result, 'unknown-reporter')
  assert.equal((await take({ TrustReporters: 'true' })).Result, 'complaint')
  assert.equal((await take({ TrustReporters: 'true' })).Result, 'duplicate')
})
