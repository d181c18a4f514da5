// The story in SES v2: a shop moves in, sends for its tenants, is looked at, and moves out. Every offered operation stands in it; what the
// registry gains later is visited with the input of the conformance run until it has its place here.
import { generateKeyPairSync } from 'node:crypto'
import { arn, bytes, date, saved, type Step, v2 } from './step.ts'

const shop = { EmailIdentity: 'shop.test' }
const set = { ConfigurationSetName: 'main' }
const acme = { TenantName: 'acme' }
const entity = { ReputationEntityType: 'RESOURCE', ReputationEntityReference: saved('tenantArn') }
const letter = { Simple: { Subject: { Data: 'Grüße' }, Body: { Text: { Data: 'Hello.' }, Html: { Data: '<p>Hello.</p>' } } } }
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'ses:SendEmail', Resource: arn('identity/shop.test') }],
})
const topic = { Enabled: true, MatchingEventTypes: ['SEND', 'BOUNCE'], SnsDestination: { TopicArn: 'arn:aws:sns:us-east-1:111122223333:mail' } }
const ask = {
  TemplateName: 'ask',
  FromEmailAddress: 'hello@shop.test',
  TemplateSubject: 'Is this you?',
  TemplateContent: '<html><body><h1>Confirm</h1></body></html>',
  SuccessRedirectionURL: 'https://shop.test/yes',
  FailureRedirectionURL: 'https://shop.test/no',
}
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const ownKey = { DomainSigningSelector: 'own', DomainSigningPrivateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64') }
const day = 86_400_000
const midnight = Math.floor(Date.now() / day) * day

const movingIn: readonly Step[] = [
  v2('GetAccount', {}, { expect: { SendingEnabled: true } }),
  v2('PutAccountDetails', { MailType: 'TRANSACTIONAL', WebsiteURL: 'https://shop.test/', ContactLanguage: 'EN', UseCaseDescription: 'Orders' }),
  v2('PutAccountSuppressionAttributes', { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }),
  v2('PutAccountVdmAttributes', { VdmAttributes: { VdmEnabled: 'ENABLED' } }),
  v2('PutAccountDedicatedIpWarmupAttributes', { AutoWarmupEnabled: true }),
  v2('CreateEmailIdentity', { ...shop, Tags: [{ Key: 'team', Value: 'one' }] }, { expect: { IdentityType: 'DOMAIN' } }),
  v2('CreateEmailIdentity', shop, { refuse: 'AlreadyExistsException' }),
  v2('GetEmailIdentity', shop, { until: { VerifiedForSendingStatus: true } }),
  v2('PutEmailIdentityDkimAttributes', { ...shop, SigningEnabled: true }),
  v2('PutEmailIdentityMailFromAttributes', { ...shop, MailFromDomain: 'bounce.shop.test', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' }),
  v2('PutEmailIdentityFeedbackAttributes', { ...shop, EmailForwardingEnabled: false }),
  v2('CreateEmailIdentityPolicy', { ...shop, PolicyName: 'partner', Policy: policy }),
  v2('UpdateEmailIdentityPolicy', { ...shop, PolicyName: 'partner', Policy: policy }),
  v2('GetEmailIdentityPolicies', shop, { expect: { 'Policies.partner': policy } }),
  v2('CreateEmailIdentity', { EmailIdentity: 'side.test' }),
  v2('PutEmailIdentityDkimSigningAttributes', { EmailIdentity: 'side.test', SigningAttributesOrigin: 'EXTERNAL', SigningAttributes: ownKey }),
  v2('ListEmailIdentities', { PageSize: 10 }, { expect: { 'EmailIdentities.0.IdentityName': 'shop.test' } }),
  v2('CreateDedicatedIpPool', { PoolName: 'bulk' }),
  v2('GetDedicatedIpPool', { PoolName: 'bulk' }, { expect: { 'DedicatedIpPool.ScalingMode': 'STANDARD' } }),
  v2('ListDedicatedIpPools'),
  v2('GetDedicatedIps', {}, { save: { ip: 'DedicatedIps.0.Ip' } }),
  v2('PutDedicatedIpInPool', { Ip: saved('ip'), DestinationPoolName: 'bulk' }),
  v2('GetDedicatedIp', { Ip: saved('ip') }, { expect: { 'DedicatedIp.PoolName': 'bulk' } }),
  v2('PutDedicatedIpWarmupAttributes', { Ip: saved('ip'), WarmupPercentage: 100 }),
  v2('CreateDedicatedIpPool', { PoolName: 'elastic' }),
  v2('PutDedicatedIpPoolScalingAttributes', { PoolName: 'elastic', ScalingMode: 'MANAGED' }),
  v2('CreateConfigurationSet', { ...set, Tags: [{ Key: 'k', Value: 'v' }] }),
  v2('PutConfigurationSetDeliveryOptions', { ...set, TlsPolicy: 'OPTIONAL', SendingPoolName: 'bulk', MaxDeliverySeconds: 3_600 }),
  v2('PutConfigurationSetReputationOptions', { ...set, ReputationMetricsEnabled: true }),
  v2('PutConfigurationSetSendingOptions', { ...set, SendingEnabled: true }),
  v2('PutConfigurationSetSuppressionOptions', { ...set, SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }),
  v2('PutConfigurationSetTrackingOptions', { ...set, CustomRedirectDomain: 'links.shop.test' }),
  v2('PutConfigurationSetVdmOptions', { ...set, VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' } } }),
  v2('GetConfigurationSet', set, { expect: { 'DeliveryOptions.SendingPoolName': 'bulk' } }),
  v2('GetConfigurationSet', { ConfigurationSetName: 'none' }, { refuse: 'NotFoundException' }),
  v2('ListConfigurationSets', {}, { expect: { 'ConfigurationSets.0': 'main' } }),
  v2('CreateConfigurationSetEventDestination', { ...set, EventDestinationName: 'topic', EventDestination: topic }),
  v2('UpdateConfigurationSetEventDestination', { ...set, EventDestinationName: 'topic', EventDestination: { ...topic, Enabled: false } }),
  v2('GetConfigurationSetEventDestinations', set, { expect: { 'EventDestinations.0.Enabled': false } }),
  v2('PutEmailIdentityConfigurationSetAttributes', { ...shop, ...set }),
  v2('CreateEmailTemplate', { TemplateName: 'order', TemplateContent: { Subject: 'Hi {{name}}', Text: 'Dear {{name}}' } }),
  v2('UpdateEmailTemplate', { TemplateName: 'order', TemplateContent: { Subject: 'Hello {{name}}', Text: 'Dear {{name}}' } }),
  v2('GetEmailTemplate', { TemplateName: 'order' }, { expect: { 'TemplateContent.Subject': 'Hello {{name}}' } }),
  v2('ListEmailTemplates', {}, { expect: { 'TemplatesMetadata.0.TemplateName': 'order' } }),
  v2('TestRenderEmailTemplate', { TemplateName: 'order', TemplateData: '{"name":"Ann"}' }),
  v2('TestRenderEmailTemplate', { TemplateName: 'order', TemplateData: '{}' }, { refuse: 'BadRequestException' }),
  v2('CreateCustomVerificationEmailTemplate', ask),
  v2('UpdateCustomVerificationEmailTemplate', { ...ask, TemplateSubject: 'Is it you?' }),
  v2('GetCustomVerificationEmailTemplate', { TemplateName: 'ask' }, { expect: { TemplateSubject: 'Is it you?' } }),
  v2('ListCustomVerificationEmailTemplates'),
  v2('SendCustomVerificationEmail', { EmailAddress: 'ann@far.test', TemplateName: 'ask' }),
]

const tenantsAndReaders: readonly Step[] = [
  v2('CreateTenant', { ...acme, Tags: [{ Key: 'plan', Value: 'gold' }] }, { save: { tenantArn: 'TenantArn' } }),
  v2('CreateTenant', { TenantName: 'quiet' }),
  v2('CreateTenantResourceAssociation', { ...acme, ResourceArn: arn('identity/shop.test') }),
  v2('CreateTenantResourceAssociation', { ...acme, ResourceArn: arn('configuration-set/main') }),
  v2('CreateTenantResourceAssociation', { ...acme, ResourceArn: arn('template/order') }),
  v2('GetTenant', acme, { expect: { 'Tenant.SendingStatus': 'ENABLED' } }),
  v2('ListTenants', { PageSize: 1 }, { expect: { 'Tenants.0.TenantName': 'acme' } }),
  v2('ListTenantResources', acme),
  v2('ListResourceTenants', { ResourceArn: arn('identity/shop.test') }, { expect: { 'ResourceTenants.0.TenantName': 'acme' } }),
  v2('PutTenantSuppressionAttributes', { ...acme, SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' }),
  v2('UpdateReputationEntityPolicy', { ...entity, ReputationEntityPolicy: 'arn:aws:ses:us-east-1:aws:reputation-policy/strict' }),
  v2('TagResource', { ResourceArn: arn('configuration-set/main'), Tags: [{ Key: 'k2', Value: 'v2' }] }),
  v2('ListTagsForResource', { ResourceArn: arn('configuration-set/main') }, { expect: { 'Tags.1.Key': 'k2' } }),
  v2('UntagResource', { ResourceArn: arn('configuration-set/main'), TagKeys: ['k2'] }),
  v2('CreateContactList', {
    ContactListName: 'readers',
    Topics: [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN' }],
  }),
  v2('UpdateContactList', {
    ContactListName: 'readers',
    Description: 'All',
    Topics: [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN' }],
  }),
  v2('GetContactList', { ContactListName: 'readers' }, { expect: { Description: 'All' } }),
  v2('ListContactLists', {}, { expect: { 'ContactLists.0.ContactListName': 'readers' } }),
  v2('CreateContact', { ContactListName: 'readers', EmailAddress: 'ann@far.test', AttributesData: '{"name":"Ann"}' }),
  v2('UpdateContact', { ContactListName: 'readers', EmailAddress: 'ann@far.test', UnsubscribeAll: true }),
  v2('GetContact', { ContactListName: 'readers', EmailAddress: 'ann@far.test' }, { expect: { UnsubscribeAll: true } }),
  v2('ListContacts', { ContactListName: 'readers' }, { expect: { 'Contacts.0.EmailAddress': 'ann@far.test' } }),
  v2('PutSuppressedDestination', { EmailAddress: 'gone@far.test', Reason: 'BOUNCE' }),
  v2('GetSuppressedDestination', { EmailAddress: 'gone@far.test' }, { expect: { 'SuppressedDestination.Reason': 'BOUNCE' } }),
  v2(
    'ListSuppressedDestinations',
    { Reasons: ['BOUNCE'], StartDate: date(midnight - day) },
    { expect: { 'SuppressedDestinationSummaries.0.EmailAddress': 'gone@far.test' } },
  ),
]

const sending: readonly Step[] = [
  v2(
    'SendEmail',
    { ...acme, ...set, FromEmailAddress: 'Shop <news@shop.test>', Destination: { ToAddresses: ['a@far.test'] }, Content: letter },
    { save: { id: 'MessageId' } },
  ),
  v2('SendEmail', {
    FromEmailAddress: 'news@shop.test',
    Destination: { ToAddresses: ['b@far.test'] },
    Content: { Raw: { Data: bytes('From: news@shop.test\r\nTo: b@far.test\r\nSubject: raw\r\n\r\nÿ+/= body\r\n') } },
  }),
  v2('SendEmail', {
    FromEmailAddress: 'news@shop.test',
    Destination: { ToAddresses: ['c@far.test'] },
    Content: { Template: { TemplateName: 'order', TemplateData: '{"name":"Cy"}' } },
  }),
  v2('SendEmail', { FromEmailAddress: 'x@unknown.test', Destination: { ToAddresses: ['a@far.test'] }, Content: letter }, { refuse: 'MessageRejected' }),
  v2(
    'SendBulkEmail',
    {
      FromEmailAddress: 'news@shop.test',
      DefaultContent: { Template: { TemplateName: 'order', TemplateData: '{"name":"you"}' } },
      BulkEmailEntries: ['d', 'e'].map((name) => ({ Destination: { ToAddresses: [`${name}@far.test`] } })),
    },
    { expect: { 'BulkEmailEntryResults.1.Status': 'SUCCESS' } },
  ),
  v2('GetMessageInsights', { MessageId: saved('id') }, { until: { 'Insights.0.Destination': 'a@far.test' } }),
  v2(
    'BatchGetMetricData',
    { Queries: [{ Id: 'q', Namespace: 'VDM', Metric: 'SEND', StartDate: date(midnight), EndDate: date(midnight + day) }] },
    { expect: { 'Results.0.Id': 'q' } },
  ),
  v2('ListRecommendations'),
  v2('GetBlacklistReports', { BlacklistItemNames: ['127.0.0.2'] }),
  v2(
    'CreateImportJob',
    {
      ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: 'PUT' } },
      ImportDataSource: { S3Url: 'file:///list.csv', DataFormat: 'CSV' },
    },
    { save: { importJob: 'JobId' } },
  ),
  v2('GetImportJob', { JobId: saved('importJob') }, { until: { JobStatus: 'COMPLETED' } }),
  v2('GetSuppressedDestination', { EmailAddress: 'imported@far.test' }, { expect: { 'SuppressedDestination.Reason': 'COMPLAINT' } }),
  v2('ListImportJobs', {}, { expect: { 'ImportJobs.0.JobStatus': 'COMPLETED' } }),
  // Older clients send this filter in the body of a GET.
  v2('ListImportJobs', { ImportDestinationType: 'CONTACT_LIST' }, { expect: { ImportJobs: [] } }),
  v2(
    'CreateExportJob',
    {
      ExportDataSource: {
        MetricsDataSource: {
          Namespace: 'VDM',
          Dimensions: { ISP: ['*'] },
          Metrics: [{ Name: 'SEND', Aggregation: 'VOLUME' }],
          StartDate: date(midnight - day),
          EndDate: date(midnight),
        },
      },
      ExportDestination: { DataFormat: 'CSV' },
    },
    { save: { exportJob: 'JobId' } },
  ),
  v2('GetExportJob', { JobId: saved('exportJob') }, { until: { JobStatus: 'COMPLETED' } }),
  v2('CancelExportJob', { JobId: saved('exportJob') }, { refuse: 'BadRequestException' }),
  v2('ListExportJobs', {}, { expect: { 'ExportJobs.0.JobStatus': 'COMPLETED' } }),
  v2('ListReputationEntities', {}, { expect: { 'ReputationEntities.0.SendingStatusAggregate': 'ENABLED' } }),
  v2('UpdateReputationEntityCustomerManagedStatus', { ...entity, SendingStatus: 'DISABLED' }),
  v2('GetReputationEntity', entity, { expect: { 'ReputationEntity.SendingStatusAggregate': 'DISABLED' } }),
  v2(
    'SendEmail',
    {
      ...acme,
      ...set,
      FromEmailAddress: 'news@shop.test',
      Destination: { ToAddresses: ['a@far.test'] },
      Content: letter,
      EmailTags: [{ Name: 'needs', Value: 'tenant' }],
      ReplyToAddresses: ['r@shop.test'],
      FeedbackForwardingEmailAddress: 'f@shop.test',
      ListManagementOptions: { ContactListName: 'readers' },
    },
    { refuse: 'SendingPausedException' },
  ),
  v2('PutAccountSendingAttributes', { SendingEnabled: false }),
  v2('SendEmail', { FromEmailAddress: 'news@shop.test', Destination: { ToAddresses: ['a@far.test'] }, Content: letter }, { refuse: 'SendingPausedException' }),
  v2('PutAccountSendingAttributes', { SendingEnabled: true }),
]

/** Taking everything away again; the order is that of who needs whom. */
export const movingOut: readonly Step[] = [
  v2('DeleteSuppressedDestination', { EmailAddress: 'gone@far.test' }),
  v2('DeleteContact', { ContactListName: 'readers', EmailAddress: 'ann@far.test' }),
  v2('DeleteContactList', { ContactListName: 'readers' }),
  v2('DeleteTenantResourceAssociation', { ...acme, ResourceArn: arn('template/order') }),
  v2('DeleteTenant', acme),
  v2('DeleteCustomVerificationEmailTemplate', { TemplateName: 'ask' }),
  v2('DeleteEmailTemplate', { TemplateName: 'order' }),
  v2('DeleteConfigurationSetEventDestination', { ...set, EventDestinationName: 'topic' }),
  v2('DeleteEmailIdentityPolicy', { ...shop, PolicyName: 'partner' }),
  v2('PutEmailIdentityConfigurationSetAttributes', shop),
  v2('DeleteConfigurationSet', set),
  v2('PutDedicatedIpInPool', { Ip: saved('ip'), DestinationPoolName: 'ses-default-dedicated-pool' }),
  v2('DeleteDedicatedIpPool', { PoolName: 'bulk' }),
  v2('DeleteEmailIdentity', { EmailIdentity: 'side.test' }),
  v2('DeleteEmailIdentity', { EmailIdentity: 'side.test' }, { refuse: 'NotFoundException' }),
]

/** From moving in to the last message; `movingOut` follows. */
export const storyV2: readonly Step[] = [...movingIn, ...tenantsAndReaders, ...sending]
