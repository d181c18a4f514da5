// Custom verification mails over the real SDK: templates, the mail, the pending identity, and where the link leads.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateCustomVerificationEmailTemplateCommand,
  DeleteCustomVerificationEmailTemplateCommand,
  GetCustomVerificationEmailTemplateCommand,
  GetEmailIdentityCommand,
  ListCustomVerificationEmailTemplatesCommand,
  SendCustomVerificationEmailCommand,
  UpdateCustomVerificationEmailTemplateCommand,
} from '@aws-sdk/client-sesv2'
import PostalMime from 'postal-mime'
import { startWorld } from '../harness/world.ts'

const template = {
  TemplateName: 'ask',
  FromEmailAddress: 'Shop <hello@shop.test>',
  TemplateSubject: 'Is this you?',
  TemplateContent: '<html><body><h1>Confirm</h1></body></html>',
  SuccessRedirectionURL: 'https://shop.test/yes?a=1',
  FailureRedirectionURL: 'https://shop.test/no',
}

test('a custom verification template is stored, judged, listed, replaced and deleted', async (t) => {
  const { ses, verifiedIdentity } = await startWorld(t)
  const create = (more: object = {}) => ses.send(new CreateCustomVerificationEmailTemplateCommand({ ...template, ...more }))
  await assert.rejects(create(), /is not verified/)
  await verifiedIdentity('shop.test')
  await create({ Tags: [{ Key: 'k', Value: 'v' }] })
  await assert.rejects(create(), { name: 'AlreadyExistsException', message: 'Custom verification email template <ask> already exists' })
  await assert.rejects(create({ TemplateName: 'b', SuccessRedirectionURL: 'javascript:alert(1)' }), { message: 'The success redirection URL is invalid' })
  await assert.rejects(create({ TemplateName: 'b', FailureRedirectionURL: 'nope' }), { message: 'The failure redirection URL is invalid' })
  await ses.send(new UpdateCustomVerificationEmailTemplateCommand({ ...template, TemplateSubject: 'New' }))
  const got = await ses.send(new GetCustomVerificationEmailTemplateCommand({ TemplateName: 'ask' }))
  assert.deepEqual([got.TemplateSubject, got.TemplateContent, got.Tags], ['New', template.TemplateContent, [{ Key: 'k', Value: 'v' }]])
  const listed = await ses.send(new ListCustomVerificationEmailTemplatesCommand({}))
  assert.deepEqual(
    listed.CustomVerificationEmailTemplates?.map(({ TemplateName }) => TemplateName),
    ['ask'],
  )
  await assert.rejects(ses.send(new ListCustomVerificationEmailTemplatesCommand({ PageSize: 51 })), { message: 'The page size must be between 1 and 50' })
  await ses.send(new DeleteCustomVerificationEmailTemplateCommand({ TemplateName: 'ask' }))
  await assert.rejects(ses.send(new GetCustomVerificationEmailTemplateCommand({ TemplateName: 'ask' })), {
    name: 'NotFoundException',
    message: 'Custom verification email template <ask> does not exist',
  })
})

test('the recipient is a pending identity until the link is confirmed, and the link leads to the pages of the sender', async (t) => {
  const world = await startWorld(t)
  const { ses } = world
  await world.verifiedIdentity('shop.test')
  await ses.send(new CreateCustomVerificationEmailTemplateCommand(template))
  const send = (EmailAddress: string, TemplateName = 'ask') => ses.send(new SendCustomVerificationEmailCommand({ EmailAddress, TemplateName }))
  await assert.rejects(send(' ', 'nope'), { message: 'Email address not specified.' })
  await assert.rejects(send('a@b@c', 'nope'), { message: 'Invalid email address<a@b@c>.' })
  await assert.rejects(send('ann@far.test', 'nope'), { name: 'NotFoundException' })

  const sent = await send('ann@far.test')
  const mail = await PostalMime.parse((await world.far.waitForMail('ann@far.test')).bytes)
  assert.equal(mail.subject, 'Is this you?')
  assert.match(mail.html ?? '', /<h1>Confirm<\/h1>[\s\S]*If you did not request to verify this email address, please disregard this message\.[\s\S]*<\/body>/)
  await world.waitForEvent(sent.MessageId, 'DELIVERY')
  const status = async (name: string) => (await ses.send(new GetEmailIdentityCommand({ EmailIdentity: name }))).VerificationStatus
  assert.equal(await status('ann@far.test'), 'PENDING')
  // Our own mail does not follow.
  await world.clock.advance(130_000)
  assert.equal(world.far.delivered('ann@far.test').length, 1)

  const link = /href="([^"]+)"/.exec(mail.html ?? '')?.[1] ?? ''
  const shown = await fetch(link, { redirect: 'manual' })
  assert.equal(shown.status, 200)
  assert.match(shown.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/shop\.test/)
  assert.equal(await status('ann@far.test'), 'PENDING', 'looking is not confirming')
  const confirmed = await fetch(link, { method: 'POST', redirect: 'manual' })
  assert.deepEqual([confirmed.status, confirmed.headers.get('location')], [303, template.SuccessRedirectionURL])
  assert.equal(await status('ann@far.test'), 'SUCCESS')

  await send('late@far.test')
  const late = /href="([^"]+)"/.exec((await PostalMime.parse((await world.far.waitForMail('late@far.test')).bytes)).html ?? '')?.[1] ?? ''
  await world.clock.advance(1_000)
  await send('late@far.test')
  const older = await fetch(late, { method: 'POST', redirect: 'manual' })
  assert.deepEqual([older.status, older.headers.get('location')], [303, template.FailureRedirectionURL])
  assert.equal(await status('late@far.test'), 'PENDING')
})
