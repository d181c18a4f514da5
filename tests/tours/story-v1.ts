// The same life in SES v1, on names of its own, and STS: what an older application calls.
import { arn, bytes, type Step, sts, v1 } from './step.ts'

const old = { Identity: 'old.test' }
const named = { ConfigurationSetName: 'old' }
const message = { Subject: { Data: 'Grüße' }, Body: { Text: { Data: 'a + b\r\n% é' }, Html: { Data: '<p>ü</p>' } } }
const template = { TemplateName: 'old', SubjectPart: 'Hi {{name}}', TextPart: 'Dear {{name}}' }
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'ses:SendEmail', Resource: arn('identity/old.test') }],
})
const destination = {
  Name: 'topic',
  Enabled: true,
  MatchingEventTypes: ['send', 'bounce'],
  SNSDestination: { TopicARN: 'arn:aws:sns:us-east-1:111122223333:mail' },
}
const ask = {
  TemplateName: 'old-ask',
  FromEmailAddress: 'hello@old.test',
  TemplateSubject: 'Is this you?',
  TemplateContent: '<html><body><h1>Confirm</h1></body></html>',
  SuccessRedirectionURL: 'https://old.test/yes',
  FailureRedirectionURL: 'https://old.test/no',
}

const movingIn: readonly Step[] = [
  v1('VerifyDomainIdentity', { Domain: 'old.test' }),
  v1('VerifyDomainDkim', { Domain: 'old.test' }),
  v1('VerifyEmailIdentity', { EmailAddress: 'ann@elsewhere.test' }),
  v1('VerifyEmailAddress', { EmailAddress: 'bob@elsewhere.test' }),
  v1('ListVerifiedEmailAddresses'),
  v1('DeleteVerifiedEmailAddress', { EmailAddress: 'bob@elsewhere.test' }),
  v1('ListIdentities', { IdentityType: 'Domain' }),
  v1('GetIdentityVerificationAttributes', { Identities: ['old.test'] }, { until: { 'VerificationAttributes|old.test|VerificationStatus': 'Success' } }),
  v1('GetIdentityDkimAttributes', { Identities: ['old.test'] }, { until: { 'DkimAttributes|old.test|DkimVerificationStatus': 'Success' } }),
  v1('SetIdentityDkimEnabled', { ...old, DkimEnabled: true }),
  v1('SetIdentityMailFromDomain', { ...old, MailFromDomain: 'mail.old.test' }),
  v1('GetIdentityMailFromDomainAttributes', { Identities: ['old.test'] }, { expect: { 'MailFromDomainAttributes|old.test|MailFromDomain': 'mail.old.test' } }),
  v1('SetIdentityFeedbackForwardingEnabled', { ...old, ForwardingEnabled: false }),
  v1('GetIdentityNotificationAttributes', { Identities: ['old.test'] }, { expect: { 'NotificationAttributes|old.test|ForwardingEnabled': false } }),
  v1('PutIdentityPolicy', { ...old, PolicyName: 'partner', Policy: policy }),
  v1('ListIdentityPolicies', old, { expect: { 'PolicyNames.0': 'partner' } }),
  v1('GetIdentityPolicies', { ...old, PolicyNames: ['partner'] }, { expect: { 'Policies.partner': policy } }),
  v1('CreateConfigurationSet', { ConfigurationSet: { Name: 'old' } }),
  v1('CreateConfigurationSet', { ConfigurationSet: { Name: 'old' } }, { refuse: 'ConfigurationSetAlreadyExists' }),
  v1('UpdateConfigurationSetSendingEnabled', { ...named, Enabled: true }),
  v1('UpdateConfigurationSetReputationMetricsEnabled', { ...named, Enabled: true }),
  v1('PutConfigurationSetDeliveryOptions', { ...named, DeliveryOptions: { TlsPolicy: 'Optional' } }),
  v1('CreateConfigurationSetTrackingOptions', { ...named, TrackingOptions: { CustomRedirectDomain: 'links.old.test' } }),
  v1('UpdateConfigurationSetTrackingOptions', { ...named, TrackingOptions: { CustomRedirectDomain: 'clicks.old.test' } }),
  v1('CreateConfigurationSetEventDestination', { ...named, EventDestination: destination }),
  v1('UpdateConfigurationSetEventDestination', { ...named, EventDestination: { ...destination, Enabled: false } }),
  v1(
    'DescribeConfigurationSet',
    { ...named, ConfigurationSetAttributeNames: ['trackingOptions'] },
    { expect: { 'TrackingOptions.CustomRedirectDomain': 'clicks.old.test' } },
  ),
  v1('DescribeConfigurationSet', { ConfigurationSetName: 'none' }, { refuse: 'ConfigurationSetDoesNotExist' }),
  v1('ListConfigurationSets'),
  v1('CreateTemplate', { Template: template }),
  v1('UpdateTemplate', { Template: { ...template, SubjectPart: 'Hello {{name}}' } }),
  v1('GetTemplate', { TemplateName: 'old' }, { expect: { 'Template.SubjectPart': 'Hello {{name}}' } }),
  v1('ListTemplates'),
  v1('TestRenderTemplate', { TemplateName: 'old', TemplateData: '{"name":"Ann"}' }),
  v1('TestRenderTemplate', { TemplateName: 'old', TemplateData: '{}' }, { refuse: 'MissingRenderingAttribute' }),
  v1('CreateCustomVerificationEmailTemplate', ask),
  v1('UpdateCustomVerificationEmailTemplate', { ...ask, TemplateSubject: 'Is it you?' }),
  v1('GetCustomVerificationEmailTemplate', { TemplateName: 'old-ask' }, { expect: { TemplateSubject: 'Is it you?' } }),
  v1('ListCustomVerificationEmailTemplates'),
  v1('SendCustomVerificationEmail', { EmailAddress: 'cy@far.test', TemplateName: 'old-ask' }),
]

const sending: readonly Step[] = [
  v1('SendEmail', { Source: 'news@old.test', Destination: { ToAddresses: ['a@far.test'] }, Message: message, Tags: [{ Name: 'k', Value: 'v' }], ...named }),
  v1('SendEmail', { Source: 'x@unknown.test', Destination: { ToAddresses: ['a@far.test'] }, Message: message }, { refuse: 'MessageRejected' }),
  v1('SendRawEmail', { RawMessage: { Data: bytes('From: news@old.test\r\nTo: b@far.test\r\nSubject: raw\r\n\r\nÿ+/= body\r\n') } }),
  v1('SendTemplatedEmail', { Source: 'news@old.test', Destination: { ToAddresses: ['c@far.test'] }, Template: 'old', TemplateData: '{"name":"Cy"}' }),
  v1(
    'SendTemplatedEmail',
    { Source: 'news@old.test', Destination: { ToAddresses: ['c@far.test'] }, Template: 'none', TemplateData: '{}' },
    { refuse: 'TemplateDoesNotExist' },
  ),
  v1(
    'SendBulkTemplatedEmail',
    {
      Source: 'news@old.test',
      Template: 'old',
      DefaultTemplateData: '{"name":"you"}',
      Destinations: ['d', 'e'].map((name) => ({ Destination: { ToAddresses: [`${name}@far.test`] }, ReplacementTemplateData: '{}' })),
    },
    { expect: { 'Status.1.Status': 'Success' } },
  ),
  v1('GetSendQuota'),
  v1('GetSendStatistics'),
  v1('UpdateAccountSendingEnabled', { Enabled: false }),
  v1('GetAccountSendingEnabled', {}, { expect: { Enabled: false } }),
  v1('SendEmail', { Source: 'news@old.test', Destination: { ToAddresses: ['a@far.test'] }, Message: message }, { refuse: 'AccountSendingPaused' }),
  v1('UpdateAccountSendingEnabled', { Enabled: true }),
  v1('ListReceiptFilters', {}, { refuse: 'NotImplemented' }),
]

const movingOut: readonly Step[] = [
  v1('DeleteCustomVerificationEmailTemplate', { TemplateName: 'old-ask' }),
  v1('DeleteTemplate', { TemplateName: 'old' }),
  v1('DeleteConfigurationSetEventDestination', { ...named, EventDestinationName: 'topic' }),
  v1('DeleteConfigurationSetTrackingOptions', named),
  v1('DeleteConfigurationSet', named),
  v1('DeleteIdentityPolicy', { ...old, PolicyName: 'partner' }),
  v1('DeleteIdentity', old),
]

/** The whole life. */
export const storyV1: readonly Step[] = [...movingIn, ...sending, ...movingOut]

/** What tools ask first, and what they must not get. */
export const storySts: readonly Step[] = [
  sts('GetCallerIdentity', {}, { expect: { Account: '111122223333' } }),
  sts('GetSessionToken', {}, { refuse: 'NotImplemented' }),
]
