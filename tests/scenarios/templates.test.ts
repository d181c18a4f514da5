// Templates over the real SDK: stored, listed, rendered, sent, gated by the tenant, and recorded when they cannot be rendered.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AlreadyExistsException,
  BadRequestException,
  CreateEmailTemplateCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  DeleteEmailTemplateCommand,
  DeleteTenantResourceAssociationCommand,
  GetEmailTemplateCommand,
  ListEmailTemplatesCommand,
  ListTagsForResourceCommand,
  ListTenantResourcesCommand,
  NotFoundException,
  SendBulkEmailCommand,
  SendEmailCommand,
  TagResourceCommand,
  TestRenderEmailTemplateCommand,
  UpdateEmailTemplateCommand,
} from '@aws-sdk/client-sesv2'
import PostalMime from 'postal-mime'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const arn = (name: string) => `arn:aws:ses:us-east-1:111122223333:template/${name}`
const welcome = { Subject: 'Hello {{name}}', Text: 'Hi {{name}}\n', Html: '<p>Hi {{name}}{{#if vip}}, dear guest{{/if}}</p>' }

async function create(world: World, name: string, content: object = welcome) {
  await world.ses.send(new CreateEmailTemplateCommand({ TemplateName: name, TemplateContent: content }))
}

test('a template is stored, listed newest first, replaced and deleted', async (t) => {
  const world = await startWorld(t)
  const { ses } = world
  for (let n = 1; n <= 12; n++) {
    await create(world, `t${n}`)
    await world.clock.advance(1_000)
  }
  const first = await ses.send(new ListEmailTemplatesCommand({}))
  assert.deepEqual(
    first.TemplatesMetadata?.map(({ TemplateName }) => TemplateName),
    ['t12', 't11', 't10', 't9', 't8', 't7', 't6', 't5', 't4', 't3'],
  )
  await create(world, 'newer')
  const second = await ses.send(new ListEmailTemplatesCommand({ NextToken: first.NextToken }))
  assert.deepEqual(
    second.TemplatesMetadata?.map(({ TemplateName }) => TemplateName),
    ['t2', 't1'],
  )
  assert.equal(second.NextToken, undefined)
  await assert.rejects(ses.send(new ListEmailTemplatesCommand({ PageSize: 101 })), {
    name: 'BadRequestException',
    message: 'The page size must be between 1 and 100',
  })
  await assert.rejects(ses.send(new ListEmailTemplatesCommand({ NextToken: 'nope' })), { message: 'Invalid PageToken <nope>.' })

  await assert.rejects(create(world, 't1'), (fault) => fault instanceof AlreadyExistsException && fault.message === 'Template t1 already exists.')
  await ses.send(new TagResourceCommand({ ResourceArn: arn('t1'), Tags: [{ Key: 'team', Value: 'a' }] }))
  await ses.send(new UpdateEmailTemplateCommand({ TemplateName: 't1', TemplateContent: { Subject: 'New', Text: 'x' } }))
  const got = await ses.send(new GetEmailTemplateCommand({ TemplateName: 't1' }))
  assert.deepEqual([got.TemplateName, got.TemplateContent, got.Tags], ['t1', { Subject: 'New', Text: 'x' }, [{ Key: 'team', Value: 'a' }]])
  assert.deepEqual((await ses.send(new ListTagsForResourceCommand({ ResourceArn: arn('t1') }))).Tags, [{ Key: 'team', Value: 'a' }])
  await ses.send(new DeleteEmailTemplateCommand({ TemplateName: 't1' }))
  for (const command of [new GetEmailTemplateCommand({ TemplateName: 't1' }), new DeleteEmailTemplateCommand({ TemplateName: 't1' })])
    await assert.rejects(
      ses.send(command as GetEmailTemplateCommand),
      (fault) => fault instanceof NotFoundException && fault.message === 'Template t1 does not exist.',
    )
  await assert.rejects(create(world, 'bad', { Subject: '{{#if a}}' }), BadRequestException)
  await assert.rejects(create(world, 'bad', { Subject: '{{upper a}}' }), { message: "Unknown helper 'upper'." })
  await assert.rejects(create(world, 'bad', { Text: 'no subject' }), { message: 'The subject must be specified.' })
  await assert.rejects(create(world, 'bad', { Subject: 's', Html: '{{ses:openTracker}}{{ses:openTracker}}' }), BadRequestException)
  await assert.rejects(create(world, 'bad', { Subject: 's', Html: 'x'.repeat(512 * 1024) }), BadRequestException)
})

test('a test rendering is a whole MIME text, and tells what is missing', async (t) => {
  const world = await startWorld(t)
  await create(world, 'w')
  const answer = await world.ses.send(new TestRenderEmailTemplateCommand({ TemplateName: 'w', TemplateData: '{"name":"Ann & Bob"}' }))
  assert.match(answer.RenderedTemplate ?? '', /^Date: .* \+0000\r\nSubject: Hello Ann & Bob\r\nMIME-Version: 1.0\r\nContent-Type: multipart\/alternative;/)
  const read = await PostalMime.parse(answer.RenderedTemplate ?? '')
  assert.deepEqual([read.text?.trim(), read.html?.trim()], ['Hi Ann & Bob', '<p>Hi Ann & Bob</p>'])
  const render = (TemplateData: string) => world.ses.send(new TestRenderEmailTemplateCommand({ TemplateName: 'w', TemplateData }))
  await assert.rejects(
    render('{}'),
    (fault) => fault instanceof BadRequestException && fault.message === "Attribute 'name' is not present in the rendering data.",
  )
  await assert.rejects(render('{'), BadRequestException)
})

test('a stored template is sent by name and by ARN, an inline one as it is, with headers and attachments', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await create(world, 'w')
  const forms = [
    { TemplateName: 'w' },
    { TemplateArn: arn('w') },
    { TemplateContent: { Subject: 'Hello {{name}}', Html: '<p>{{name}} {{amazonSESUnsubscribeUrl}}</p>' } },
  ]
  for (const [index, form] of forms.entries()) {
    const Template = {
      ...form,
      TemplateData: '{"name":"Zoë","vip":true}',
      Headers: [{ Name: 'X-Kind', Value: 'welcome' }],
      Attachments: [{ RawContent: Buffer.from([0, 255]), FileName: 'a.bin' }],
    }
    const sent = await world.ses.send(new SendEmailCommand(letterTo(`p${index}@far.test`, { Content: { Template } })))
    const mail = await world.far.waitForMail(`p${index}@far.test`)
    const read = await PostalMime.parse(mail.bytes)
    assert.equal(read.subject, 'Hello Zoë')
    assert.match(read.html ?? '', index < 2 ? /Hi Zoë, dear guest/ : /Zoë \{\{amazonSESUnsubscribeUrl\}\}/)
    assert.equal(read.headers.find(({ key }) => key === 'x-kind')?.value, 'welcome')
    assert.equal(read.attachments.length, 1)
    await world.waitForEvent(sent.MessageId, 'DELIVERY')
    assert.deepEqual(await world.eventsOf(sent.MessageId), ['SEND', 'DELIVERY'])
  }
  const send = (Template: object, more: object = {}) => world.ses.send(new SendEmailCommand(letterTo('p@far.test', { Content: { Template }, ...more })))
  await assert.rejects(
    send({ TemplateName: 'nope', TemplateData: '{}' }),
    (fault) => fault instanceof NotFoundException && fault.message === 'Template nope does not exist.',
  )
  await assert.rejects(send({ TemplateName: 'w', TemplateArn: arn('w') }), BadRequestException)
  await assert.rejects(send({}), BadRequestException)
  await assert.rejects(send({ TemplateArn: 'arn:aws:ses:us-east-1:999999999999:template/w' }), BadRequestException)
  await assert.rejects(send({ TemplateName: 'w' }, { FromEmailAddress: undefined }), { message: 'Source cannot be empty' })
  await assert.rejects(send({ TemplateName: 'w', Headers: [{ Name: 'Bcc', Value: 'x' }] }), BadRequestException)
})

test('what cannot be rendered answers an id and is recorded as a rendering failure', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await create(world, 'w')
  const sent = await world.ses.send(new SendEmailCommand(letterTo('p@far.test', { Content: { Template: { TemplateName: 'w', TemplateData: '{"vip":1}' } } })))
  assert.deepEqual(await world.eventsOf(sent.MessageId), ['SEND', 'RENDERING_FAILURE'])
  const [, record] = await world.records(sent.MessageId)
  assert.equal(record?.eventType, 'Rendering Failure')
  assert.deepEqual(record?.failure, { errorMessage: "Attribute 'name' is not present in the rendering data.", templateName: 'w' })
  const queue = await world.own<{ Total: number }>('/bulkhead/v1/queue')
  assert.equal(queue.Total, 0)
  assert.equal(world.far.attempts('p@far.test'), 0)
})

test('a template bomb is a rendering failure, and others are served meanwhile', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const bomb = '{{#each l}}{{#each @root.l}}{{#each @root.l}}{{#each @root.l}}xxxxxxxx{{/each}}{{/each}}{{/each}}{{/each}}'
  const Template = { TemplateContent: { Subject: 's', Html: bomb }, TemplateData: JSON.stringify({ l: Array.from({ length: 300 }, () => 1) }) }
  const began = performance.now()
  const [bombed, plain] = await Promise.all([
    world.ses.send(new SendEmailCommand(letterTo('p@far.test', { Content: { Template } }))),
    world.ses.send(new SendEmailCommand(letterTo('q@far.test'))),
  ])
  assert.ok(performance.now() - began < 3_000)
  assert.deepEqual(await world.eventsOf(bombed.MessageId), ['SEND', 'RENDERING_FAILURE'])
  await world.waitForEvent(plain.MessageId, 'DELIVERY')
})

test('a tenant sends with stored templates that it holds, and a held template cannot be deleted', async (t) => {
  const world = await startWorld(t)
  const { ses } = world
  await world.verifiedIdentity('shop.test')
  await create(world, 'w')
  await ses.send(new CreateTenantCommand({ TenantName: 'acme' }))
  const send = () =>
    ses.send(new SendEmailCommand(letterTo('p@far.test', { TenantName: 'acme', Content: { Template: { TemplateName: 'w', TemplateData: '{"name":"n"}' } } })))
  const identity = 'arn:aws:ses:us-east-1:111122223333:identity/shop.test'
  await assert.rejects(send(), { name: 'AccessDeniedException', message: `Tenant not associated with resources [${identity}, ${arn('w')}].` })
  for (const ResourceArn of [identity, arn('w')]) await ses.send(new CreateTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn }))
  await send()
  const held = await ses.send(new ListTenantResourcesCommand({ TenantName: 'acme' }))
  assert.ok(held.TenantResources?.some(({ ResourceArn }) => ResourceArn === arn('w')))
  await assert.rejects(ses.send(new DeleteEmailTemplateCommand({ TemplateName: 'w' })), {
    message: `Cannot delete <${arn('w')}> because it has tenant associations. Remove all tenant associations and try again.`,
  })
  await ses.send(new DeleteTenantResourceAssociationCommand({ TenantName: 'acme', ResourceArn: arn('w') }))
  await ses.send(new DeleteEmailTemplateCommand({ TemplateName: 'w' }))
})

test('a bulk send answers for each entry in order, with data, headers and tags of its own', async (t) => {
  const world = await startWorld(t)
  const { ses } = world
  await world.verifiedIdentity('shop.test')
  await create(world, 'w')
  const bulk = (entries: object[], more: object = {}) =>
    ses.send(
      new SendBulkEmailCommand({
        FromEmailAddress: 'news@shop.test',
        DefaultContent: { Template: { TemplateName: 'w', TemplateData: '{"name":"friend","vip":true}', Headers: [{ Name: 'X-Kind', Value: 'shared' }] } },
        DefaultEmailTags: [{ Name: 'campaign', Value: 'one' }],
        BulkEmailEntries: entries as never,
        ...more,
      }),
    )
  const to = (address: string, more: object = {}) => ({ Destination: { ToAddresses: [address] }, ...more })
  const data = (text: string) => ({ ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: text } } })
  const answer = await bulk([
    to('a@far.test', {
      ...data('{"name":"Ann"}'),
      ReplacementHeaders: [{ Name: 'x-kind', Value: 'own' }],
      ReplacementTags: [{ Name: 'campaign', Value: 'two' }],
    }),
    to('not an address'),
    to('b@far.test'),
    to('c@far.test', data('{"name"')),
    { Destination: {} },
  ])
  const results = answer.BulkEmailEntryResults ?? []
  assert.deepEqual(
    results.map(({ Status }) => Status),
    ['SUCCESS', 'INVALID_PARAMETER', 'SUCCESS', 'SUCCESS', 'INVALID_PARAMETER'],
  )
  assert.ok(results[1]?.Error && !results[1].MessageId)
  const [ann, bob] = await Promise.all(['a@far.test', 'b@far.test'].map(async (who) => PostalMime.parse((await world.far.waitForMail(who)).bytes)))
  assert.deepEqual([ann?.subject, bob?.subject], ['Hello Ann', 'Hello friend'])
  assert.match(ann?.html ?? '', /dear guest/)
  assert.deepEqual(
    [ann, bob].map((mail) => mail?.headers.find(({ key }) => key === 'x-kind')?.value),
    ['own', 'shared'],
  )
  const [first] = await world.records(results[0]?.MessageId)
  assert.deepEqual((first?.mail as { tags: Record<string, string[]> } | undefined)?.tags.campaign, ['two'])
  assert.deepEqual(await world.eventsOf(results[3]?.MessageId), ['SEND', 'RENDERING_FAILURE'])

  const replyTo = await bulk([to('a@far.test'), to('b@far.test')], { ReplyToAddresses: ['broken'] })
  assert.deepEqual(
    replyTo.BulkEmailEntryResults?.map(({ Status }) => Status),
    ['INVALID_PARAMETER', 'INVALID_PARAMETER'],
  )
  await assert.rejects(bulk([]), BadRequestException)
  await assert.rejects(bulk(Array.from({ length: 51 }, (_, n) => to(`a${n}@far.test`))), BadRequestException)
  await assert.rejects(bulk([to('a@far.test')], { FromEmailAddress: 'broken' }), BadRequestException)
  await assert.rejects(bulk([to('a@far.test')], { DefaultContent: { Template: { TemplateName: 'nope' } } }), NotFoundException)
  await assert.rejects(bulk([to('a@far.test')], { TenantName: 'nobody' }), NotFoundException)
  const fifty = await bulk(Array.from({ length: 50 }, (_, n) => to(`many${n}@far.test`, data(`{"name":"n${n}"}`))))
  assert.equal(new Set(fifty.BulkEmailEntryResults?.map(({ MessageId }) => MessageId)).size, 50)
  for (const [n, { MessageId }] of (fifty.BulkEmailEntryResults ?? []).entries()) {
    assert.equal((await PostalMime.parse((await world.far.waitForMail(`many${n}@far.test`)).bytes)).subject, `Hello n${n}`)
    await world.waitForEvent(MessageId, 'DELIVERY')
  }
  // The timer with which a site waits for more connections runs out.
  await world.clock.advance(1_000)
})
