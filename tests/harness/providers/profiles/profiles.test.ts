// The profiles against what the product knows: hosts roll up to the provider, and every reply means what smtp-replies.tsv says it means.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyReply } from '../../../../src/mail/classify-reply.ts'
import { providerOfMx } from '../../../../src/mail/mailbox-provider.ts'
import { createReplyReader } from '../../../../src/mail/replies.ts'
import { apple } from './apple.ts'
import { brokenTls, corporate, hostile } from './corporate.ts'
import { gmx, orange } from './europe.ts'
import { gmail } from './gmail.ts'
import { office365, outlook } from './microsoft.ts'
import { yahoo } from './yahoo.ts'

const profiles = [gmail, yahoo, outlook, office365, apple, gmx, orange, corporate, brokenTls, hostile]

test('the mail exchangers of every domain lead to its provider', () => {
  for (const { name, provider, domains } of profiles)
    for (const [domain, records] of Object.entries(domains)) assert.equal(providerOfMx(records.map(([host]) => host)), provider, `${name} ${domain}`)
})

for (const { name, provider, replies } of profiles) {
  test(`what ${name} says is understood`, () => {
    for (const [situation, { text, phase, retry, scope }] of Object.entries(replies)) {
      const spoken = text
        .replaceAll('{ip}', '192.0.2.1')
        .replaceAll('{recipient}', 'bob@far.test')
        .replace(/\{[a-z]+-domain\}/g, 'sender.test')
        .replaceAll('{seconds}', '300')
        .replaceAll('{helo}', 'mta.sender.test')
      assert.doesNotMatch(spoken, /[{}]/)
      const read = createReplyReader().read(Buffer.from(`${spoken}\r\n`, 'latin1'))
      assert.ok(read !== 'garbage' && read.length === 1, `${situation} is one reply`)
      const judged = classifyReply(phase, read[0]?.text ?? '', provider)
      assert.deepEqual({ situation, retry: judged.retry, scope: judged.scope }, { situation, retry, scope }, judged.rule)
    }
  })
}
