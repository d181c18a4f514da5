// SES v1 and STS through the SDK's own clients: the query protocol in, XML out, errors in their classes, on the resources of v2.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import * as v1 from '@aws-sdk/client-ses'
import * as v2 from '@aws-sdk/client-sesv2'
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { refuse } from '../../src/model/refusal.ts'
import type { Submission } from '../../src/model/message.ts'
import { identities } from '../../src/resources/identities.ts'
import { credentials, home, startHttpDoor } from '../harness/http-door.ts'
import { signedHeaders } from '../harness/sign-request.ts'

async function startV1(t: TestContext, options: Parameters<typeof startHttpDoor>[1] = {}) {
  const door = await startHttpDoor(t, options)
  const settings = { endpoint: door.endpoint, region: home.region, credentials, maxAttempts: 1 }
  const [ses, sts] = [new v1.SESClient(settings), new STSClient(settings)]
  t.after(() => {
    ses.destroy()
    sts.destroy()
  })
  /** A raw signed form. */
  const post = async (body: string, { service = 'ses', headers = {} }: { service?: string; headers?: Record<string, string> } = {}) => {
    const host = `127.0.0.1:${door.port}`
    const signed = await signedHeaders({
      method: 'POST',
      host,
      path: '/',
      body,
      service,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    })
    const answer = await fetch(`${door.endpoint}/`, { method: 'POST', headers: { ...signed, ...headers }, body })
    return { status: answer.status, type: answer.headers.get('content-type'), id: answer.headers.get('x-amzn-requestid'), text: await answer.text() }
  }
  return { ...door, ses, sts, post }
}

const message = { Subject: { Data: 'Grüße & <b>' }, Body: { Text: { Data: 'a+b=c&d %41 "q"\r\n', Charset: 'UTF-8' }, Html: { Data: '<p>ä</p>' } } }

test('SendEmail reaches intake with everything that v1 can say', async (t) => {
  const { ses, submissions } = await startV1(t)
  const sent = await ses.send(
    new v1.SendEmailCommand({
      Source: 'Ann <ann@one.test>',
      Destination: { ToAddresses: ['a@two.test', 'b@two.test'], CcAddresses: [], BccAddresses: ['c@two.test'] },
      Message: message,
      ReplyToAddresses: ['reply@one.test'],
      ReturnPath: 'bounce@one.test',
      SourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/one.test',
      ReturnPathArn: 'arn:aws:ses:us-east-1:111122223333:identity/bounce@one.test',
      ConfigurationSetName: 'set',
      Tags: [{ Name: 'a', Value: '1' }],
    }),
  )
  assert.equal(sent.MessageId, 'message-1')
  assert.match(sent.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/)
  const { content, sourceIp, principal, ...rest } = submissions[0] as Submission
  assert.deepEqual(rest, {
    door: 'api',
    operation: 'SendEmail',
    sourceTlsVersion: undefined,
    from: 'Ann <ann@one.test>',
    tenantName: undefined,
    configurationSetName: 'set',
    tags: [{ name: 'a', value: '1' }],
    destination: { to: ['a@two.test', 'b@two.test'], cc: [], bcc: ['c@two.test'] },
    envelopeRecipients: undefined,
    envelopeSender: 'bounce@one.test',
    identityArns: {
      from: 'arn:aws:ses:us-east-1:111122223333:identity/one.test',
      feedback: 'arn:aws:ses:us-east-1:111122223333:identity/bounce@one.test',
    },
    replyTo: ['reply@one.test'],
  })
  assert.equal(principal.accessKeyId, credentials.accessKeyId)
  assert.equal(sourceIp, '127.0.0.1')
  assert.ok(content.kind === 'simple')
  assert.deepEqual(
    [content.subject.data, content.text, content.html?.data],
    [message.Subject.Data, { data: message.Body.Text.Data, charset: 'UTF-8' }, '<p>ä</p>'],
  )
})

test('SendRawEmail keeps its bytes, its own name for permissions, and 10 MB', async (t) => {
  const { ses, submissions } = await startV1(t)
  const bytes = Buffer.concat([Buffer.from('From: a@one.test\r\nX-SES-TENANT: acme\r\n\r\n'), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))])
  await ses.send(new v1.SendRawEmailCommand({ Source: 'a@one.test', Destinations: ['b@two.test'], RawMessage: { Data: bytes } }))
  await ses.send(new v1.SendRawEmailCommand({ RawMessage: { Data: bytes } }))
  assert.deepEqual(
    submissions.map(({ operation, from, destination }) => ({ operation, from, destination })),
    [
      { operation: 'SendRawEmail', from: 'a@one.test', destination: { to: ['b@two.test'], cc: [], bcc: [] } },
      { operation: 'SendRawEmail', from: undefined, destination: undefined },
    ],
  )
  const [first] = submissions
  assert.ok(first?.content.kind === 'raw' && bytes.equals(first.content.bytes))

  const limit = 10 * 1024 * 1024
  const large = Buffer.alloc(limit, 'x')
  await ses.send(new v1.SendRawEmailCommand({ RawMessage: { Data: large } }))
  assert.equal(submissions[2]?.content.kind === 'raw' && submissions[2].content.bytes.length, limit)
  await assert.rejects(ses.send(new v1.SendRawEmailCommand({ RawMessage: { Data: Buffer.alloc(limit + 1, 'x') } })), {
    name: 'InvalidParameterValue',
    message: `Message length is more than ${limit} bytes long.`,
  })
  assert.equal(submissions.length, 3)
})

test('refusals of intake arrive as the exceptions of v1', async (t) => {
  let answer = refuse('InternalFault')
  const { ses } = await startV1(t, { extras: { acceptMessage: async () => answer } as never })
  const send = () => ses.send(new v1.SendRawEmailCommand({ RawMessage: { Data: Buffer.from('x') }, ConfigurationSetName: 'weekly' }))
  for (const [refusal, kind, name, status] of [
    [refuse('IdentityNotVerified', { region: 'US-EAST-1', identities: 'a@b.test, <c&d>' }), v1.MessageRejected, 'MessageRejected', 400],
    [refuse('MailFromNotVerified'), v1.MailFromDomainNotVerifiedException, 'MailFromDomainNotVerifiedException', 400],
    [refuse('AccountPaused', { accountId: '1' }), v1.AccountSendingPausedException, 'AccountSendingPausedException', 400],
    [refuse('TenantPaused', { tenantName: 'acme' }), v1.AccountSendingPausedException, 'AccountSendingPausedException', 400],
    [refuse('ConfigurationSetPaused', { name: 'weekly' }), v1.ConfigurationSetSendingPausedException, 'ConfigurationSetSendingPausedException', 400],
    [refuse('ConfigurationSetNotFound', { name: 'weekly' }), v1.ConfigurationSetDoesNotExistException, 'ConfigurationSetDoesNotExistException', 400],
    [refuse('TenantNotFound', { tenantName: 'a', accountId: '1' }), v1.MessageRejected, 'MessageRejected', 400],
    [refuse('TenantNotAssociated', { arns: 'arn' }), v1.SESServiceException, 'AccessDenied', 403],
    [refuse('InvalidRequest', { text: 'Missing final @domain' }), v1.SESServiceException, 'InvalidParameterValue', 400],
    [refuse('SendingRateExceeded'), v1.SESServiceException, 'Throttling', 400],
    [refuse('ServiceUnavailable'), v1.SESServiceException, 'ServiceUnavailable', 503],
    [refuse('InternalFault'), v1.SESServiceException, 'InternalFailure', 500],
  ] as const) {
    answer = refusal as never
    await assert.rejects(send(), (error: v1.SESServiceException & { ConfigurationSetName?: string }) => {
      assert.ok(error instanceof kind, `${refusal.name}: ${error.name}`)
      assert.deepEqual([error.name, error.message, error.$metadata.httpStatusCode], [name, refusal.message, status])
      assert.equal(error.$fault, status < 500 ? 'client' : error.$fault)
      if (name.startsWith('ConfigurationSet')) assert.equal(error.ConfigurationSetName, 'weekly')
      return true
    })
  }
})

test('identities of v1 are those of v2', async (t) => {
  const soon: string[] = []
  const { ses, client, store } = await startV1(t, { extras: { verifySoon: (name: string) => void soon.push(name) } as never })
  const { VerificationToken } = await ses.send(new v1.VerifyDomainIdentityCommand({ Domain: 'One.test' }))
  assert.match(VerificationToken ?? '', /^[A-Za-z0-9+/]{43}=$/)
  const { DkimTokens } = await ses.send(new v1.VerifyDomainDkimCommand({ Domain: 'one.test' }))
  const made = await client.send(new v2.GetEmailIdentityCommand({ EmailIdentity: 'one.test' }))
  assert.deepEqual([made.IdentityType, made.DkimAttributes?.Tokens], ['DOMAIN', DkimTokens])
  assert.deepEqual(await ses.send(new v1.VerifyDomainIdentityCommand({ Domain: 'one.test' })).then((again) => again.VerificationToken), VerificationToken)
  await ses.send(new v1.VerifyEmailIdentityCommand({ EmailAddress: 'ann@one.test' }))
  await ses.send(new v1.VerifyEmailAddressCommand({ EmailAddress: 'Bob@two.test' }))
  assert.deepEqual(soon, ['one.test', 'one.test', 'one.test', 'ann@one.test', 'Bob@two.test'])
  for (const [command, text] of [
    [new v1.VerifyDomainIdentityCommand({ Domain: 'a@b.test' }), 'Invalid domain name <a@b.test>.'],
    [new v1.VerifyEmailIdentityCommand({ EmailAddress: 'b.test' }), 'Invalid email address<b.test>.'],
  ] as const)
    await assert.rejects(ses.send(command as v1.VerifyDomainIdentityCommand), { name: 'InvalidParameterValue', message: text })

  const list = async (input: v1.ListIdentitiesCommandInput) => ses.send(new v1.ListIdentitiesCommand(input))
  assert.deepEqual((await list({})).Identities, ['Bob@two.test', 'ann@one.test', 'one.test'])
  assert.deepEqual((await list({ IdentityType: 'Domain' })).Identities, ['one.test'])
  const first = await list({ MaxItems: 2 })
  assert.deepEqual((await list({ MaxItems: 2, NextToken: first.NextToken })).Identities, ['one.test'])
  await assert.rejects(list({ MaxItems: 0 }), { name: 'ValidationError', message: /Value '0' at 'maxItems' failed to satisfy constraint/ })
  await assert.rejects(list({ NextToken: 'x' }), { name: 'InvalidParameterValue' })
  await assert.rejects(list({ IdentityType: 'Nothing' as never }), {
    name: 'ValidationError',
    message: /enum value set: \[EmailAddress, Domain\]|enum value set/,
  })

  const Identities = ['one.test', 'ann@one.test', 'nobody.test']
  assert.deepEqual((await ses.send(new v1.GetIdentityVerificationAttributesCommand({ Identities }))).VerificationAttributes, {
    'one.test': { VerificationStatus: 'Pending', VerificationToken },
    'ann@one.test': { VerificationStatus: 'Pending' },
  })
  await ses.send(new v1.SetIdentityDkimEnabledCommand({ Identity: 'one.test', DkimEnabled: false }))
  const dkim = { DkimEnabled: false, DkimVerificationStatus: 'Pending', DkimTokens }
  assert.deepEqual((await ses.send(new v1.GetIdentityDkimAttributesCommand({ Identities }))).DkimAttributes, { 'one.test': dkim, 'ann@one.test': dkim })
  await ses.send(new v1.SetIdentityMailFromDomainCommand({ Identity: 'one.test', MailFromDomain: 'mail.one.test', BehaviorOnMXFailure: 'RejectMessage' }))
  const mailFrom = async () => (await ses.send(new v1.GetIdentityMailFromDomainAttributesCommand({ Identities: ['one.test'] }))).MailFromDomainAttributes
  assert.deepEqual(await mailFrom(), {
    'one.test': { MailFromDomain: 'mail.one.test', MailFromDomainStatus: 'Pending', BehaviorOnMXFailure: 'RejectMessage' },
  })
  await ses.send(new v1.SetIdentityMailFromDomainCommand({ Identity: 'one.test', MailFromDomain: '' }))
  assert.deepEqual(await mailFrom(), { 'one.test': { BehaviorOnMXFailure: 'UseDefaultValue' } })
  await ses.send(new v1.SetIdentityFeedbackForwardingEnabledCommand({ Identity: 'one.test', ForwardingEnabled: false }))
  const { NotificationAttributes } = await ses.send(new v1.GetIdentityNotificationAttributesCommand({ Identities: ['one.test'] }))
  assert.equal(NotificationAttributes?.['one.test']?.ForwardingEnabled, false)
  const ann = await store.get(identities, 'ann@one.test')
  assert.ok(ann)
  await store.commit([{ type: 'put', collection: identities, key: ann.key, value: { ...ann.value, verification: 'SUCCESS' } }])
  assert.deepEqual((await ses.send(new v1.ListVerifiedEmailAddressesCommand({}))).VerifiedEmailAddresses, ['ann@one.test'])
  await ses.send(new v1.DeleteVerifiedEmailAddressCommand({ EmailAddress: 'ann@one.test' }))
  assert.deepEqual((await ses.send(new v1.ListVerifiedEmailAddressesCommand({}))).VerifiedEmailAddresses ?? [], [])
  await ses.send(new v1.DeleteIdentityCommand({ Identity: 'one.test' }))
  await ses.send(new v1.DeleteIdentityCommand({ Identity: 'one.test' }))
  await assert.rejects(client.send(new v2.GetEmailIdentityCommand({ EmailIdentity: 'one.test' })), { name: 'NotFoundException' })
  const many = Array.from({ length: 101 }, (_, index) => `d${index}.test`)
  await assert.rejects(ses.send(new v1.GetIdentityDkimAttributesCommand({ Identities: many })), { name: 'InvalidParameterValue' })
})

test('configuration sets of v1 are those of v2', async (t) => {
  const { ses, client, store } = await startV1(t)
  const set = { ConfigurationSetName: 'weekly' }
  const create = (Name: string) => ses.send(new v1.CreateConfigurationSetCommand({ ConfigurationSet: { Name } }))
  await create('weekly')
  await assert.rejects(create('weekly'), v1.ConfigurationSetAlreadyExistsException)
  await assert.rejects(create('no spaces'), v1.InvalidConfigurationSetException)
  await assert.rejects(ses.send(new v1.CreateConfigurationSetCommand({} as never)), {
    name: 'ValidationError',
    message: /'configurationSet'.*must not be null/,
  })
  await ses.send(new v1.UpdateConfigurationSetSendingEnabledCommand({ ...set, Enabled: false }))
  await ses.send(new v1.UpdateConfigurationSetReputationMetricsEnabledCommand({ ...set, Enabled: true }))
  await ses.send(new v1.PutConfigurationSetDeliveryOptionsCommand({ ...set, DeliveryOptions: { TlsPolicy: 'Require' } }))
  const tracking = { ...set, TrackingOptions: { CustomRedirectDomain: 'go.one.test' } }
  await assert.rejects(ses.send(new v1.UpdateConfigurationSetTrackingOptionsCommand(tracking)), v1.TrackingOptionsDoesNotExistException)
  await assert.rejects(ses.send(new v1.CreateConfigurationSetTrackingOptionsCommand(tracking)), v1.InvalidTrackingOptionsException)
  await ses.send(new v1.VerifyDomainIdentityCommand({ Domain: 'one.test' }))
  const identity = await store.get(identities, 'one.test')
  assert.ok(identity)
  await store.commit([{ type: 'put', collection: identities, key: 'one.test', value: { ...identity.value, verification: 'SUCCESS' } }])
  await ses.send(new v1.CreateConfigurationSetTrackingOptionsCommand(tracking))
  await assert.rejects(ses.send(new v1.CreateConfigurationSetTrackingOptionsCommand(tracking)), v1.TrackingOptionsAlreadyExistsException)
  const asV2 = await client.send(new v2.GetConfigurationSetCommand(set))
  assert.deepEqual(
    [asV2.SendingOptions, asV2.ReputationOptions, asV2.DeliveryOptions, asV2.TrackingOptions],
    [{ SendingEnabled: false }, { ReputationMetricsEnabled: true }, { TlsPolicy: 'REQUIRE' }, { CustomRedirectDomain: 'go.one.test' }],
  )
  const { $metadata, ...described } = await ses.send(
    new v1.DescribeConfigurationSetCommand({ ...set, ConfigurationSetAttributeNames: ['trackingOptions', 'deliveryOptions', 'reputationOptions'] }),
  )
  assert.deepEqual(described, {
    ConfigurationSet: { Name: 'weekly' },
    TrackingOptions: { CustomRedirectDomain: 'go.one.test' },
    DeliveryOptions: { TlsPolicy: 'Require' },
    ReputationOptions: { SendingEnabled: false, ReputationMetricsEnabled: true },
  })
  await ses.send(new v1.DeleteConfigurationSetTrackingOptionsCommand(set))
  assert.equal((await client.send(new v2.GetConfigurationSetCommand(set))).TrackingOptions, undefined)
  await create('daily')
  assert.deepEqual((await ses.send(new v1.ListConfigurationSetsCommand({}))).ConfigurationSets, [{ Name: 'daily' }, { Name: 'weekly' }])
  await ses.send(new v1.DeleteConfigurationSetCommand(set))
  await assert.rejects(ses.send(new v1.DescribeConfigurationSetCommand(set)), (error: v1.ConfigurationSetDoesNotExistException) => {
    assert.ok(error instanceof v1.ConfigurationSetDoesNotExistException)
    assert.deepEqual([error.ConfigurationSetName, error.message], ['weekly', 'Configuration set <weekly> does not exist.'])
    return true
  })
})

test('event destinations of v1 are those of v2, in its spelling and with its exceptions', async (t) => {
  const { ses, client } = await startV1(t)
  const set = { ConfigurationSetName: 'weekly' }
  await ses.send(new v1.CreateConfigurationSetCommand({ ConfigurationSet: { Name: 'weekly' } }))
  const topic: v1.EventDestination = {
    Name: 'topic',
    Enabled: true,
    MatchingEventTypes: ['send', 'renderingFailure'],
    SNSDestination: { TopicARN: 'arn:aws:sns:us-east-1:111122223333:events' },
  }
  const numbers: v1.EventDestination = {
    Name: 'numbers',
    Enabled: false,
    MatchingEventTypes: ['click'],
    CloudWatchDestination: { DimensionConfigurations: [{ DimensionName: 'kind', DimensionValueSource: 'messageTag', DefaultDimensionValue: 'none' }] },
  }
  const create = (EventDestination: v1.EventDestination) => ses.send(new v1.CreateConfigurationSetEventDestinationCommand({ ...set, EventDestination }))
  await create(topic)
  await create(numbers)
  const asV2 = async () => (await client.send(new v2.GetConfigurationSetEventDestinationsCommand(set))).EventDestinations
  assert.deepEqual(await asV2(), [
    { Name: 'topic', Enabled: true, MatchingEventTypes: ['SEND', 'RENDERING_FAILURE'], SnsDestination: { TopicArn: topic.SNSDestination?.TopicARN } },
    {
      Name: 'numbers',
      Enabled: false,
      MatchingEventTypes: ['CLICK'],
      CloudWatchDestination: { DimensionConfigurations: [{ DimensionName: 'kind', DimensionValueSource: 'MESSAGE_TAG', DefaultDimensionValue: 'none' }] },
    },
  ])
  const described = () => ses.send(new v1.DescribeConfigurationSetCommand({ ...set, ConfigurationSetAttributeNames: ['eventDestinations'] }))
  assert.deepEqual((await described()).EventDestinations, [topic, numbers])
  await assert.rejects(create(topic), v1.EventDestinationAlreadyExistsException)
  await assert.rejects(create({ ...topic, Name: 'x', SNSDestination: { TopicARN: 'x' } }), v1.InvalidSNSDestinationException)
  const stream = { IAMRoleARN: 'x', DeliveryStreamARN: 'y' }
  await assert.rejects(create({ Name: 'x', MatchingEventTypes: ['send'], KinesisFirehoseDestination: stream }), v1.InvalidFirehoseDestinationException)
  const update = (EventDestination: v1.EventDestination) => ses.send(new v1.UpdateConfigurationSetEventDestinationCommand({ ...set, EventDestination }))
  await update({ ...topic, Enabled: false })
  assert.equal((await described()).EventDestinations?.[0]?.Enabled, false)
  await assert.rejects(update({ ...topic, Name: 'none' }), v1.EventDestinationDoesNotExistException)
  const remove = (EventDestinationName: string) => ses.send(new v1.DeleteConfigurationSetEventDestinationCommand({ ...set, EventDestinationName }))
  await remove('topic')
  await assert.rejects(remove('topic'), (error: v1.EventDestinationDoesNotExistException) => {
    assert.ok(error instanceof v1.EventDestinationDoesNotExistException)
    assert.deepEqual([error.ConfigurationSetName, error.EventDestinationName], ['weekly', 'topic'])
    return true
  })
  assert.equal((await asV2())?.length, 1)
})

test('identity policies of v1 are those of v2, and lenient', async (t) => {
  const { ses, client } = await startV1(t)
  const Identity = 'one.test'
  await ses.send(new v1.VerifyDomainIdentityCommand({ Domain: Identity }))
  const policy = (Effect: string) => `{"Version":"2012-10-17","Statement":{"Effect":"${Effect}","Principal":"*","Action":"ses:SendEmail","Resource":"*"}}`
  for (const Effect of ['Allow', 'Deny']) await ses.send(new v1.PutIdentityPolicyCommand({ Identity, PolicyName: 'p', Policy: policy(Effect) }))
  assert.deepEqual((await client.send(new v2.GetEmailIdentityPoliciesCommand({ EmailIdentity: Identity }))).Policies, { p: policy('Deny') })
  assert.deepEqual((await ses.send(new v1.GetIdentityPoliciesCommand({ Identity, PolicyNames: ['p', 'q'] }))).Policies, { p: policy('Deny') })
  assert.deepEqual((await ses.send(new v1.ListIdentityPoliciesCommand({ Identity }))).PolicyNames, ['p'])
  await assert.rejects(ses.send(new v1.PutIdentityPolicyCommand({ Identity, PolicyName: 'p', Policy: '{' })), v1.InvalidPolicyException)
  const nobody = ses.send(new v1.PutIdentityPolicyCommand({ Identity: 'two.test', PolicyName: 'p', Policy: policy('Deny') }))
  await assert.rejects(nobody, { name: 'InvalidParameterValue', message: 'Email identity <two.test> does not exist.' })
  for (const _ of [1, 2]) await ses.send(new v1.DeleteIdentityPolicyCommand({ Identity, PolicyName: 'p' }))
  assert.deepEqual((await ses.send(new v1.ListIdentityPoliciesCommand({ Identity }))).PolicyNames ?? [], [])
})

test('templates of v1 are those of v2, with its exceptions', async (t) => {
  const { ses, client } = await startV1(t)
  const template: v1.Template = { TemplateName: 'hello', SubjectPart: 'Hi {{name}}', TextPart: 'Dear {{name}}', HtmlPart: '<p>{{name}}</p>' }
  const create = (Template: v1.Template) => ses.send(new v1.CreateTemplateCommand({ Template }))
  await create(template)
  await assert.rejects(create(template), v1.AlreadyExistsException)
  await assert.rejects(create({ ...template, TemplateName: 'bad', TextPart: '{{#if}}' }), v1.InvalidTemplateException)
  const asV2 = await client.send(new v2.GetEmailTemplateCommand({ TemplateName: 'hello' }))
  assert.deepEqual(asV2.TemplateContent, { Subject: template.SubjectPart, Text: template.TextPart, Html: template.HtmlPart })
  const get = (TemplateName: string) => ses.send(new v1.GetTemplateCommand({ TemplateName }))
  assert.deepEqual((await get('hello')).Template, template)
  await ses.send(new v1.UpdateTemplateCommand({ Template: { TemplateName: 'hello', SubjectPart: 'Bye {{name}}', TextPart: 'Bye' } }))
  assert.deepEqual((await get('hello')).Template, { TemplateName: 'hello', SubjectPart: 'Bye {{name}}', TextPart: 'Bye' })
  await assert.rejects(get('none'), (error: v1.TemplateDoesNotExistException) => {
    assert.ok(error instanceof v1.TemplateDoesNotExistException)
    assert.deepEqual([error.TemplateName, error.message], ['none', 'Template none does not exist.'])
    return true
  })
  const listed = (await ses.send(new v1.ListTemplatesCommand({ MaxItems: 1 }))).TemplatesMetadata
  assert.deepEqual([listed?.length, listed?.[0]?.Name, listed?.[0]?.CreatedTimestamp instanceof Date], [1, 'hello', true])
  const render = (TemplateData: string) => ses.send(new v1.TestRenderTemplateCommand({ TemplateName: 'hello', TemplateData }))
  assert.match((await render('{"name":"Ann"}')).RenderedTemplate ?? '', /^Subject: Bye Ann\r$/m)
  await assert.rejects(render('{}'), v1.MissingRenderingAttributeException)
  await assert.rejects(render('{'), v1.InvalidRenderingParameterException)
  for (const _ of [1, 2]) await ses.send(new v1.DeleteTemplateCommand({ TemplateName: 'hello' }))
  await assert.rejects(get('hello'), v1.TemplateDoesNotExistException)
})

test('custom verification templates of v1 are those of v2, with its exceptions', async (t) => {
  const { ses, store, submissions } = await startV1(t)
  await ses.send(new v1.VerifyDomainIdentityCommand({ Domain: 'one.test' }))
  const template = {
    TemplateName: 'welcome',
    FromEmailAddress: 'us@one.test',
    TemplateSubject: 'Prove it',
    TemplateContent: '<p>Hello</p>',
    SuccessRedirectionURL: 'https://one.test/yes',
    FailureRedirectionURL: 'https://one.test/no',
  }
  const create = (more: Partial<typeof template> = {}) => ses.send(new v1.CreateCustomVerificationEmailTemplateCommand({ ...template, ...more }))
  await assert.rejects(create(), v1.FromEmailAddressNotVerifiedException)
  const identity = await store.get(identities, 'one.test')
  assert.ok(identity)
  await store.commit([{ type: 'put', collection: identities, key: 'one.test', value: { ...identity.value, verification: 'SUCCESS' } }])
  await create()
  await assert.rejects(create(), v1.CustomVerificationEmailTemplateAlreadyExistsException)
  await assert.rejects(create({ TemplateName: 'x', TemplateContent: ' ' }), v1.CustomVerificationEmailInvalidContentException)
  await ses.send(new v1.UpdateCustomVerificationEmailTemplateCommand({ TemplateName: 'welcome', TemplateSubject: 'Please' }))
  const get = (TemplateName: string) => ses.send(new v1.GetCustomVerificationEmailTemplateCommand({ TemplateName }))
  const { $metadata, ...stored } = await get('welcome')
  assert.deepEqual(stored, { ...template, TemplateSubject: 'Please' })
  await assert.rejects(get('none'), v1.CustomVerificationEmailTemplateDoesNotExistException)
  const { CustomVerificationEmailTemplates: listed } = await ses.send(new v1.ListCustomVerificationEmailTemplatesCommand({ MaxResults: 5 }))
  const { TemplateContent, ...item } = stored
  assert.deepEqual([listed, TemplateContent], [[item], template.TemplateContent])
  const sent = await ses.send(new v1.SendCustomVerificationEmailCommand({ EmailAddress: 'new@two.test', TemplateName: 'welcome' }))
  assert.deepEqual([sent.MessageId, submissions[0]?.operation, submissions[0]?.destination?.to], ['message-1', 'SendCustomVerificationEmail', ['new@two.test']])
  for (const _ of [1, 2]) await ses.send(new v1.DeleteCustomVerificationEmailTemplateCommand({ TemplateName: 'welcome' }))
  await assert.rejects(get('welcome'), v1.CustomVerificationEmailTemplateDoesNotExistException)
})

test('the account: quota, sending switched off and on', async (t) => {
  const { ses, client } = await startV1(t)
  const quota = await ses.send(new v1.GetSendQuotaCommand({}))
  const { SendQuota } = await client.send(new v2.GetAccountCommand({}))
  assert.deepEqual({ ...quota, $metadata: undefined }, { ...SendQuota, $metadata: undefined })
  await ses.send(new v1.UpdateAccountSendingEnabledCommand({ Enabled: false }))
  assert.equal((await ses.send(new v1.GetAccountSendingEnabledCommand({}))).Enabled, false)
  assert.equal((await client.send(new v2.GetAccountCommand({}))).SendingEnabled, false)
  await ses.send(new v1.UpdateAccountSendingEnabledCommand({ Enabled: true }))
  assert.equal((await ses.send(new v1.GetAccountSendingEnabledCommand({}))).Enabled, true)
  assert.deepEqual((await ses.send(new v1.GetSendStatisticsCommand({}))).SendDataPoints ?? [], [])
})

test('GetCallerIdentity says who asks; other calls of STS and wrong keys are refused as its clients read it', async (t) => {
  const { sts, endpoint } = await startV1(t)
  const { $metadata, ...who } = await sts.send(new GetCallerIdentityCommand({}))
  assert.deepEqual(who, { UserId: home.accountId, Account: home.accountId, Arn: `arn:aws:iam::${home.accountId}:root` })
  assert.match($metadata.requestId ?? '', /^[0-9a-f-]{36}$/)
  await assert.rejects(sts.send(new GetSessionTokenCommand({})), { name: 'NotImplemented', message: /^GetSessionToken is not offered: there are no temporary/ })
  for (const [given, code] of [
    [{ ...credentials, accessKeyId: 'AKIANOBODY0123456789' }, 'InvalidClientTokenId'],
    [{ ...credentials, secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
  ] as const) {
    const settings = { endpoint, region: home.region, credentials: given, maxAttempts: 1 }
    const [other, otherSes] = [new STSClient(settings), new v1.SESClient(settings)]
    await assert.rejects(other.send(new GetCallerIdentityCommand({})), { name: code })
    await assert.rejects(otherSes.send(new v1.GetSendQuotaCommand({})), { name: code })
    other.destroy()
    otherSes.destroy()
  }
})

test('the wire: XML by its namespace, GET, bad forms, other services', async (t) => {
  const { post, endpoint, port, metrics } = await startV1(t)
  const sent = await post('Action=SendEmail&Source=a%40b.test&Destination.ToAddresses.member.1=c%40d.test&Message.Subject.Data=x&Message.Body.Text.Data=y')
  assert.deepEqual([sent.status, sent.type], [200, 'text/xml'])
  assert.equal(
    sent.text,
    `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>message-1</MessageId></SendEmailResult><ResponseMetadata><RequestId>${sent.id}</RequestId></ResponseMetadata></SendEmailResponse>`,
  )
  const error = (type: string, code: string, text: string, id: string | null, of = 'http://ses.amazonaws.com/doc/2010-12-01/') =>
    `<ErrorResponse xmlns="${of}"><Error><Type>${type}</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`
  for (const [form, status, code, text] of [
    ['Version=2010-12-01', 400, 'MissingAction', 'The request must contain the parameter Action'],
    ['Action=%3CFly%3E%01&Version=2010-12-01', 400, 'InvalidAction', 'Could not find operation &lt;Fly&gt;\ufffd for version 2010-12-01'],
    ['Action=SendEmail&Version=2009-01-01', 400, 'InvalidAction', 'Could not find operation SendEmail for version 2009-01-01'],
    ['Action=UpdateAccountSendingEnabled&Enabled=perhaps', 400, 'MalformedInput', "'perhaps' can not be converted to Boolean"],
    ['Action=CreateReceiptFilter', 501, 'NotImplemented', undefined],
  ] as const) {
    const answer = await post(form)
    assert.equal(answer.status, status, answer.text)
    if (text === undefined) assert.match(answer.text, new RegExp(`<Code>${code}</Code>`))
    else assert.equal(answer.text, error('Sender', code, text, answer.id))
  }
  const iam = await post('Action=ListUsers&Version=2010-05-08', { service: 'iam' })
  assert.equal(iam.status, 501)
  assert.match(iam.text, /<Code>NotImplemented<\/Code><Message>The service iam is not offered at this endpoint\.<\/Message>/)
  const sts = await post('Action=SendEmail', { service: 'sts' })
  assert.match(sts.text, /^<ErrorResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">.*<Code>InvalidAction</)
  const bad = await post('Action=GetSendQuota', { headers: { 'x-amz-date': '20200101T000000Z' } })
  assert.equal(bad.status, 403)
  assert.match(bad.text, /<Code>SignatureDoesNotMatch<\/Code>/)
  const unsigned = await fetch(`${endpoint}/?Action=GetSendQuota`)
  assert.match(await unsigned.text(), /<Code>MissingAuthenticationToken<\/Code>/)
  const many = await post(`Action=GetSendQuota${'&a=b'.repeat(10_000)}`)
  assert.match(many.text, /<Code>MalformedInput<\/Code><Message>The request has too many parameters\./)
  const large = await post(`Action=GetSendQuota&a=${'x'.repeat(1024 * 1024)}`)
  assert.deepEqual([large.status, /<Code>RequestEntityTooLarge</.test(large.text)], [413, true])

  const query = { Action: 'ListIdentities', Version: '2010-12-01', MaxItems: '5' }
  const headers = await signedHeaders({ method: 'GET', host: `127.0.0.1:${port}`, path: '/', query })
  const listed = await fetch(`${endpoint}/?${new URLSearchParams(query)}`, { headers })
  assert.match(await listed.text(), /<ListIdentitiesResult><Identities\/><\/ListIdentitiesResult>/)
  assert.equal((await fetch(`${endpoint}/`)).headers.get('content-type'), 'application/json')
  const exposed = await metrics.expose()
  assert.match(exposed, /bulkhead_http_requests_total\{operation="SendEmail",status="200"\} 1/)
  assert.doesNotMatch(exposed, /Fly/)
})

test('a fault of ours is XML too', async (t) => {
  const { ses } = await startV1(t, {
    extras: {
      acceptMessage: async () => {
        throw new Error('broken')
      },
    } as never,
  })
  await assert.rejects(ses.send(new v1.SendRawEmailCommand({ RawMessage: { Data: Buffer.from('x') } })), {
    name: 'InternalFailure',
    message: 'The request failed because of an internal error.',
  })
})
