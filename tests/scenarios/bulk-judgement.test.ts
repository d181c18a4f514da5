// What is wrong with a bulk send as a whole refuses the request; what is wrong with one entry is that entry's status (ses.md §8.3).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { startWorld } from '../harness/world.ts'

type Fault = Error & { $metadata: { httpStatusCode?: number } }

test('a bulk send', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const header = (Name: string, Value = 'x') => ({ Name, Value })
  const template = { TemplateContent: { Subject: 'Hi', Text: 'Hi' }, TemplateData: '{}' }
  const bulk = async (first: Partial<sdk.BulkEmailEntry>, more: Partial<sdk.SendBulkEmailCommandInput> = {}): Promise<string> => {
    const entry = { Destination: { ToAddresses: ['a@far.test'] }, ...first }
    const input = {
      FromEmailAddress: 'news@shop.test',
      DefaultContent: { Template: template },
      BulkEmailEntries: [entry, { Destination: { ToAddresses: ['b@far.test'] } }],
      ...more,
    }
    return world.ses.send(new sdk.SendBulkEmailCommand(input)).then(
      ({ BulkEmailEntryResults }) => (BulkEmailEntryResults ?? []).map(({ Status }) => Status).join(' '),
      (fault: Fault) => `${fault.$metadata.httpStatusCode} ${fault.name}`,
    )
  }
  const tag = (Name: string, Value = 'v') => [{ Name, Value }]

  await t.test('one entry is told by its status, the others are sent', async () => {
    const entries: [string, Partial<sdk.BulkEmailEntry>][] = [
      ['an over-long tag', { ReplacementTags: tag('n'.repeat(257)) }],
      ['a tag with a bad name', { ReplacementTags: tag('a b') }],
      ['a reserved tag', { ReplacementTags: tag('ses:operation') }],
      ['more tags than a message may have', { ReplacementTags: Array.from({ length: 51 }, (_, n) => ({ Name: `n${n}`, Value: 'v' })) }],
      ['an over-long address', { Destination: { ToAddresses: [`${'x'.repeat(400)}@far.test`] } }],
      ['no address', { Destination: { ToAddresses: ['nobody'] } }],
      ['nobody', { Destination: {} }],
      ['51 recipients', { Destination: { ToAddresses: Array.from({ length: 51 }, (_, n) => `r${n}@far.test`) } }],
      ['a header that is ours', { ReplacementHeaders: [header('Subject')] }],
      ['a header twice that may stand once', { ReplacementHeaders: [header('List-Unsubscribe'), header('list-unsubscribe')] }],
    ]
    for (const [what, entry] of entries) assert.equal(await bulk(entry), 'INVALID_PARAMETER SUCCESS', what)
  })
  await t.test('the shape, and what the entries share, refuse the whole', async () => {
    const wholes: [string, Partial<sdk.BulkEmailEntry>, Partial<sdk.SendBulkEmailCommandInput>, string][] = [
      ['a header name that is none', { ReplacementHeaders: [header('X Y')] }, {}, '400 BadRequestException'],
      ['a header value with a line break', { ReplacementHeaders: [header('X-A', 'a\r\nb')] }, {}, '400 BadRequestException'],
      ['16 headers', { ReplacementHeaders: Array.from({ length: 16 }, (_, n) => header(`X-${n}`)) }, {}, '400 BadRequestException'],
      ['an over-long default tag', {}, { DefaultEmailTags: tag('n'.repeat(257)) }, '400 BadRequestException'],
      ['a default header that is ours', {}, { DefaultContent: { Template: { ...template, Headers: [header('Subject')] } } }, '400 BadRequestException'],
      ['a bad From', {}, { FromEmailAddress: 'nobody' }, '400 BadRequestException'],
      ['a template that does not exist', {}, { DefaultContent: { Template: { TemplateName: 'none' } } }, '404 NotFoundException'],
      ['a tenant that does not exist', {}, { TenantName: 'none' }, '404 NotFoundException'],
      [
        'a tracking override that is none',
        {},
        { ConfigurationOverrides: { Tracking: { OpenTrackingEnabled: 'MAYBE' as 'ENABLED' } } },
        '400 BadRequestException',
      ],
    ]
    for (const [what, entry, more, fault] of wholes) assert.equal(await bulk(entry, more), fault, what)
    assert.equal(await bulk({}, { ReplyToAddresses: ['nobody'] }), 'INVALID_PARAMETER INVALID_PARAMETER')
  })
  await t.test('a header of an entry takes the place of the default of the same name, whatever its case', async () => {
    const Headers = [header('X-Shared', 'stays'), header('X-Campaign', 'default')]
    const ReplacementHeaders = [header('x-campaign', 'own'), header('X-Own', '1')]
    assert.equal(
      await bulk({ Destination: { ToAddresses: ['own@far.test'] }, ReplacementHeaders }, { DefaultContent: { Template: { ...template, Headers } } }),
      'SUCCESS SUCCESS',
    )
    const text = Buffer.from((await world.far.waitForMail('own@far.test')).bytes).toString('latin1')
    assert.deepEqual(text.match(/^x-(campaign|own|shared): .*$/gim), ['X-Shared: stays', 'x-campaign: own', 'X-Own: 1'])
  })
})
