// The gate refuses in SES's order and words, and nothing that it refused leaves a trace.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openIntakeWorld, rawRequest, simpleRequest, smtpRequest } from '../harness/intake-world.ts'

const arn = (name: string) => `arn:aws:ses:us-east-1:111122223333:${name}`
const paused = { customerManaged: { status: 'DISABLED', cause: 'test', updatedAt: 0 } } as const

test('a tenant may use only what is associated, and every missing resource is named', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test', { configurationSetName: 'acme-set' })
  await world.tenant('acme')
  const send = simpleRequest({ tenantName: 'acme' })
  const both = await world.refused(send)
  assert.equal(both.name, 'TenantNotAssociated')
  assert.equal(both.row.httpStatus, 403)
  assert.equal(both.message, `Tenant not associated with resources [${arn('identity/acme.test')}, ${arn('configuration-set/acme-set')}].`)
  await world.associate('acme', 'identity', 'acme.test')
  const one = await world.refused(send)
  assert.equal(one.smtpText, `Access denied: Tenant not associated with resources [${arn('configuration-set/acme-set')}].`)
  await world.associate('acme', 'configuration-set', 'acme-set')
  assert.equal((await world.refused(send)).message, 'Configuration set <acme-set> does not exist.')
  await world.configurationSet('acme-set')
  await world.accepted(send)
  assert.equal(world.store.queueLength(), 1)
})

test('the gate goes by SES order: shape, account, tenant, association, addresses, set, tenant status, verification', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.configurationSet('set', { sendingEnabled: false })
  const bad = simpleRequest({ tenantName: 'acme', configurationSetName: 'set', destination: { to: ['nobody'], cc: [], bcc: [] } })
  const misshapen = simpleRequest({ ...bad, content: { ...bad.content, headers: [{ name: 'Bcc', value: 'x@y.test' }] } as typeof bad.content })
  assert.equal((await world.refused(misshapen)).message, "Header 'Bcc' is not allowed.")
  assert.equal((await world.refused(bad)).message, 'Tenant acme for AwsAccountId 111122223333 not found.')
  await world.tenant('acme', paused)
  assert.equal((await world.refused(bad)).name, 'TenantNotAssociated')
  await world.associate('acme', 'identity', 'acme.test')
  await world.associate('acme', 'configuration-set', 'set')
  assert.equal((await world.refused(bad)).message, "Missing final '@domain'")
  const good = simpleRequest({ tenantName: 'acme', configurationSetName: 'set' })
  assert.equal((await world.refused(good)).message, 'Sending is paused for configuration set set')
  await world.configurationSet('set')
  assert.equal((await world.refused(good)).message, 'Sending is paused for tenant acme.')
  await world.tenant('acme')
  await world.accepted(good)
  await world.pauseAccount()
  assert.equal((await world.refused(bad)).name, 'AccountPaused')
  assert.equal((await world.refused(misshapen)).name, 'InvalidRequest')
  assert.equal(world.store.queueLength(), 1)
})

test('every claimed address must be verified, and all that are not are named', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.identity('pending.test', { verification: 'PENDING' })
  const simple = await world.refused(simpleRequest({ from: 'Acme <x@pending.test>' }))
  assert.equal(simple.message, 'Email address is not verified. The following identities failed the check in region US-EAST-1: x@pending.test')
  const smtp = await world.refused(
    smtpRequest(['From: a@acme.test', 'Sender: s@other.test', 'Return-Path: <r@other.test>', 'To: ann@far.test', '', 'x'], {
      envelopeSender: 'e@pending.test',
    }),
  )
  assert.match(smtp.smtpText, /^Message rejected: .* US-EAST-1: s@other\.test, r@other\.test, e@pending\.test$/)
  await world.accepted(smtpRequest(['From: a@sub.acme.test', 'Return-Path: <>', 'To: ann@far.test', '', 'x'], { envelopeSender: '' }))
})

test('mail waits for no MAIL FROM domain: it is refused when the identity wants that, and goes by our own name otherwise', async (t) => {
  const world = await openIntakeWorld(t)
  const mailFrom = { domain: 'b.acme.test', behaviorOnMxFailure: 'REJECT_MESSAGE', status: 'PENDING', since: 0 } as const
  const smtp = smtpRequest(['From: hello@acme.test', 'To: ann@far.test', '', 'x'])
  await world.identity('acme.test', { mailFrom })
  const refused = await world.refused(simpleRequest())
  assert.deepEqual([refused.row.exception, refused.row.httpStatus], ['MailFromDomainNotVerifiedException', 400])
  const { row, smtpText } = await world.refused(smtp)
  assert.equal(`${row.smtpCode} ${smtpText}`, '554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.')
  // An address without a MAIL FROM domain has that of its domain.
  await world.identity('hello@acme.test')
  assert.equal((await world.refused(smtp)).name, 'MailFromNotVerified')
  await world.identity('hello@acme.test', { mailFrom: { ...mailFrom, status: 'SUCCESS' } })
  await world.accepted(smtp)
  await world.identity('acme.test', { mailFrom: { ...mailFrom, behaviorOnMxFailure: 'USE_DEFAULT_VALUE' } })
  await world.accepted(simpleRequest({ from: 'other@acme.test' }))
  await world.identity('acme.test', { mailFrom: { ...mailFrom, status: 'TEMPORARY_FAILURE' } })
  assert.equal((await world.refused(simpleRequest({ from: 'other@acme.test' }))).name, 'MailFromNotVerified')
  // Verification comes first.
  await world.identity('acme.test', { mailFrom, verification: 'PENDING' })
  assert.equal((await world.refused(simpleRequest({ from: 'other@acme.test' }))).name, 'IdentityNotVerified')
})

test('a tenant cannot show readers a From of another tenant by naming its own in the request', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.identity('rival.test')
  await world.tenant('acme')
  await world.associate('acme', 'identity', 'acme.test')
  const refusal = await world.refused(rawRequest(['From: ceo@rival.test', 'To: ann@far.test', '', 'x'], { from: 'hello@acme.test', tenantName: 'acme' }))
  assert.equal(refusal.message, `Tenant not associated with resources [${arn('identity/rival.test')}].`)
})

test('nor by another field that names a sender to readers; what does not leave only has to be verified', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.identity('rival.test')
  await world.tenant('acme')
  await world.associate('acme', 'identity', 'acme.test')
  const send = (field: string) =>
    smtpRequest([field, 'X-SES-TENANT: acme', 'From: a@acme.test', 'To: ann@far.test', '', 'x'], { envelopeSender: 'bounces@rival.test' })
  for (const name of ['Sender', 'Resent-From', 'resent-sender'])
    assert.equal(
      (await world.refused(send(`${name}: CEO <ceo@rival.test>`))).message,
      `Tenant not associated with resources [${arn('identity/rival.test')}].`,
      name,
    )
  const simple = simpleRequest({ tenantName: 'acme' }, { headers: [{ name: 'Resent-From', value: 'ceo@rival.test' }] })
  assert.equal((await world.refused(simple)).name, 'TenantNotAssociated')
  await world.accepted(send('Sender: b@acme.test'))
  await world.accepted(send('Return-Path: <bounces@rival.test>'))
  await world.accepted(send('Resent-From: somebody@elsewhere.test'))
})

test('a configuration set with TENANT suppression scope needs a tenant', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.configurationSet('set', { suppression: { reasons: ['BOUNCE'], scope: 'TENANT' } })
  assert.equal((await world.refused(simpleRequest({ configurationSetName: 'set' }))).name, 'TenantRequired')
})

test('the tenant and the set can stand in the header; a parameter wins', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  await world.tenant('acme')
  const lines = ['From: a@acme.test', 'X-SES-TENANT: acme', 'X-SES-CONFIGURATION-SET: none', 'To: ann@far.test', '', 'x']
  assert.match((await world.refused(smtpRequest(lines))).message, /identity\/acme\.test, .*configuration-set\/none/)
  await world.associate('acme', 'identity', 'acme.test')
  await world.configurationSet('named')
  await world.associate('acme', 'configuration-set', 'named')
  const messageId = await world.accepted(rawRequest(lines, { configurationSetName: 'named' }))
  assert.deepEqual(
    world.taken.map(({ entry }) => [entry.messageId, entry.tenantName, entry.configurationSetName]),
    [[messageId, 'acme', 'named']],
  )
  assert.equal((await world.refused(rawRequest(lines, { tenantName: 'ghost' }))).name, 'TenantNotFound')
  assert.equal((await world.refused(rawRequest(['X-SES-TENANT:', ...lines.slice(2)]))).message, 'TenantName cannot be empty')
  assert.equal((await world.refused(rawRequest(['X-SES-Tenant: b', ...lines]))).message, "Duplicate header 'X-SES-TENANT'.")
})

test('a principal without rights is refused before the tenant is looked at', async (t) => {
  const world = await openIntakeWorld(t)
  await world.identity('acme.test')
  const user = { arn: 'arn:aws:iam::111122223333:user/bob', name: 'bob', accessKeyId: 'A' }
  const refusal = await world.refused(smtpRequest(['From: a@acme.test', 'X-SES-TENANT: ghost', '', 'x'], { principal: user }))
  assert.equal(refusal.smtpText, `Access denied: User ${user.arn} is not authorized to perform ses:SendRawEmail on resource ${arn('identity/acme.test')}`)
  assert.match((await world.refused(simpleRequest({ principal: user }))).message, /perform `ses:SendEmail' on resource/)
})
