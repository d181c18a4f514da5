// One valid input for every offered operation, with the resources it needs: what chance would not find. Also the limits that the
// operations judge themselves, and so stand in no table of the product; from ses.md, written here apart from the code.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Input, Path } from './probe.ts'
import type { Sender } from './send-probe.ts'

/** What an input may build on. */
export interface Ground {
  readonly call: Sender['call']
  /** A name that nothing has. */
  readonly fresh: (kind: string) => string
  /** Of a sent message whose delivery is known. */
  readonly messageId: string
}

/** A limit that the operation judges: values that must be taken, values that must be refused. */
export interface Limit {
  readonly path: Path
  readonly takes: readonly unknown[]
  readonly refuses: readonly unknown[]
  /** BadRequestException when not given. */
  readonly type?: string
}

/** How to call one operation so that it succeeds. */
export interface ValidCase {
  /** Makes what the input needs; every call makes it anew where the operation uses it up. */
  readonly input: (ground: Ground) => Promise<Input> | Input
  /** Other inputs that must succeed, as changes of the first. */
  readonly also?: readonly Input[]
  readonly limits?: readonly Limit[]
  /** Members to go with a member (by its path, or that of what holds it), for which the valid input has no place. */
  readonly where?: Readonly<Record<string, Input>>
  /** The required members alone are too little for SES: which text says so. */
  readonly minimalRefused?: string
  /** Puts an account-wide thing back. */
  readonly restore?: (ground: Ground) => Promise<unknown>
}

const arn = (resource: string) => `arn:aws:ses:us-east-1:111122223333:${resource}`
const identity = 'shop.test'
const from = `Shop <news@${identity}>`
const reader = 'reader@far.test'
const validation = { ConditionThreshold: { ConditionThresholdEnabled: 'ENABLED', OverallConfidenceThreshold: { ConfidenceVerdictThreshold: 'HIGH' } } }
const simple = { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello.' }, Html: { Data: '<p>Hello.</p>' } } } }
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '444455556666' }, Action: 'ses:SendEmail', Resource: arn(`identity/${identity}`) }],
})
const topic = { Enabled: true, MatchingEventTypes: ['SEND', 'BOUNCE'], SnsDestination: { TopicArn: 'arn:aws:sns:us-east-1:111122223333:mail-events' } }
const cloudWatch = {
  MatchingEventTypes: ['SEND'],
  CloudWatchDestination: { DimensionConfigurations: [{ DimensionName: 'campaign', DimensionValueSource: 'MESSAGE_TAG', DefaultDimensionValue: 'none' }] },
}
const tracking = { TrackingOptions: { CustomRedirectDomain: `links.${identity}` } }
const preferences = { TopicPreferences: [{ TopicName: 'news', SubscriptionStatus: 'OPT_OUT' }] }
const inlineTemplate = { Template: { TemplateContent: { Subject: 'Hello', Text: 'Hello.' }, TemplateData: '{}' } }
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ownKey = {
  SigningAttributesOrigin: 'EXTERNAL',
  SigningAttributes: { DomainSigningSelector: 'own', DomainSigningPrivateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64') },
}
const topics = [{ TopicName: 'news', DisplayName: 'News', DefaultSubscriptionStatus: 'OPT_IN', Description: 'What is new' }]
const verificationMail = {
  FromEmailAddress: `hello@${identity}`,
  TemplateSubject: 'Is this you?',
  TemplateContent: '<html><body><h1>Confirm</h1></body></html>',
  SuccessRedirectionURL: 'https://shop.test/yes',
  FailureRedirectionURL: 'https://shop.test/no',
}
const day = 86_400_000
const noon = Math.floor(Date.now() / day) * day
const metricQuery = { Id: 'q1', Namespace: 'VDM', Metric: 'SEND', StartDate: new Date(noon - 2 * day), EndDate: new Date(noon) }

const metricsExport = {
  MetricsDataSource: {
    Namespace: 'VDM',
    Dimensions: { ISP: ['*'] },
    Metrics: [{ Name: 'SEND' }],
    StartDate: new Date(noon - 2 * day),
    EndDate: new Date(noon),
  },
}
const insightsExport = { MessageInsightsDataSource: { StartDate: new Date(noon - 2 * day), EndDate: new Date(noon) } }
const filters = {
  FromEmailAddress: [`news@${identity}`],
  Destination: [reader],
  Subject: ['Hello'],
  Isp: ['Gmail'],
  TenantName: ['acme'],
  LastDeliveryEvent: ['SEND'],
  LastEngagementEvent: ['OPEN'],
}

const texts = (...lengths: number[]) => lengths.map((length) => randomBytes(length).toString('hex').slice(0, length))
const addresses = (count: number) => Array.from({ length: count }, (_, position) => `reader${position}@far.test`)
const tags = (count: number) => Array.from({ length: count }, (_, position) => ({ Key: `k${position}`, Value: 'v' }))
const tagLimits: readonly Limit[] = [
  { path: ['Tags'], takes: [tags(50)], refuses: [tags(51)] },
  {
    path: ['Tags'],
    takes: [[{ Key: 'k'.repeat(128), Value: 'v'.repeat(256) }]],
    refuses: [[{ Key: 'k'.repeat(129), Value: '' }], [{ Key: '', Value: '' }], [{ Key: 'k', Value: 'v'.repeat(257) }], [{ Key: 'aws:k', Value: '' }]],
  },
]
const manyTopics = (count: number) => Array.from({ length: count }, (_, position) => ({ ...topics[0], TopicName: `t${position}` }))
const nameLimit = (member: string): Limit => ({ path: [member], takes: texts(1, 64), refuses: [...texts(65), 'a b', 'ä', ' '] })
const pageLimit = (max: number): Limit => ({ path: ['PageSize'], takes: [1, max], refuses: [0, max + 1, -1] })
const tokenLimit: Limit = { path: ['NextToken'], takes: [], refuses: ['x', 'x'.repeat(500)] }

const newSet = async ({ call, fresh }: Ground) => {
  const ConfigurationSetName = fresh('set')
  await call('CreateConfigurationSet', { ConfigurationSetName })
  return ConfigurationSetName
}
const newTenant = async ({ call, fresh }: Ground) => {
  const TenantName = fresh('tenant')
  return (await call('CreateTenant', { TenantName })) as { TenantName: string; TenantArn: string }
}
const newTemplate = async ({ call, fresh }: Ground) => {
  const TemplateName = fresh('template')
  await call('CreateEmailTemplate', { TemplateName, TemplateContent: { Subject: 'Hello {{name}}', Text: 'Hello {{name}}.' } })
  return TemplateName
}
const newVerificationMail = async ({ call, fresh }: Ground) => {
  const TemplateName = fresh('verification')
  await call('CreateCustomVerificationEmailTemplate', { TemplateName, ...verificationMail })
  return TemplateName
}
const newList = async ({ call, fresh }: Ground) => {
  const { ContactLists = [] } = (await call('ListContactLists', {})) as { ContactLists?: { ContactListName: string }[] }
  for (const { ContactListName } of ContactLists) await call('DeleteContactList', { ContactListName })
  const ContactListName = fresh('list')
  await call('CreateContactList', { ContactListName, Topics: topics })
  return ContactListName
}
const newContact = async (ground: Ground) => {
  const contact = { ContactListName: await newList(ground), EmailAddress: reader }
  await ground.call('CreateContact', contact)
  return contact
}
const freePools = async ({ call }: Ground) => {
  const { DedicatedIpPools = [] } = (await call('ListDedicatedIpPools', {})) as { DedicatedIpPools?: string[] }
  for (const PoolName of DedicatedIpPools) if (PoolName !== 'ses-default-dedicated-pool') await call('DeleteDedicatedIpPool', { PoolName })
}
const newPool = async (ground: Ground) => {
  await freePools(ground)
  const PoolName = ground.fresh('pool')
  await ground.call('CreateDedicatedIpPool', { PoolName })
  return PoolName
}
const idle = async ({ call }: Ground) => {
  // Twenty jobs of a kind may be unfinished at once; the newest are listed first.
  for (;;) {
    const { ImportJobs = [] } = (await call('ListImportJobs', { PageSize: 20 })) as { ImportJobs?: { JobStatus: string }[] }
    const { ExportJobs = [] } = (await call('ListExportJobs', { PageSize: 20 })) as { ExportJobs?: { JobStatus: string }[] }
    if ([...ImportJobs, ...ExportJobs].filter(({ JobStatus }) => JobStatus === 'CREATED' || JobStatus === 'PROCESSING').length < 10) return
  }
}
const csv = { DataFormat: 'CSV' }
const suppressionImport = { SuppressionListDestination: { SuppressionListImportAction: 'PUT' } }
const newImport = async (ground: Ground) => {
  await idle(ground)
  const input = { ImportDestination: suppressionImport, ImportDataSource: { S3Url: 'file:///none.csv', DataFormat: 'CSV' } }
  return (await ground.call('CreateImportJob', input)) as { JobId: string }
}
const newExport = async (ground: Ground) => {
  await idle(ground)
  return (await ground.call('CreateExportJob', { ExportDataSource: insightsExport, ExportDestination: csv })) as { JobId: string }
}
const newPolicy = async ({ call, fresh }: Ground) => {
  const named = { EmailIdentity: identity, PolicyName: fresh('policy') }
  const { Policies = {} } = (await call('GetEmailIdentityPolicies', { EmailIdentity: identity })) as { Policies?: Record<string, string> }
  for (const PolicyName of Object.keys(Policies)) await call('DeleteEmailIdentityPolicy', { EmailIdentity: identity, PolicyName })
  await call('CreateEmailIdentityPolicy', { ...named, Policy: policy })
  return named
}
const newDestination = async (ground: Ground) => {
  const named = { ConfigurationSetName: await newSet(ground), EventDestinationName: ground.fresh('destination') }
  await ground.call('CreateConfigurationSetEventDestination', { ...named, EventDestination: topic })
  return named
}
const suppressed = async ({ call, fresh }: Ground) => {
  const EmailAddress = `${fresh('gone')}@far.test`
  await call('PutSuppressedDestination', { EmailAddress, Reason: 'BOUNCE' })
  return EmailAddress
}
const entity = async (ground: Ground) => ({ ReputationEntityType: 'RESOURCE', ReputationEntityReference: (await newTenant(ground)).TenantArn })
const ofSet = (more: Input) => async (ground: Ground) => ({ ConfigurationSetName: await newSet(ground), ...more })
const ofIdentity =
  (more: Input = {}) =>
  () => ({ EmailIdentity: identity, ...more })
const nothing = () => ({})

/** By operation. A test fails when an offered operation is missing. */
export const validInputs: Readonly<Record<string, ValidCase>> = {
  BatchGetMetricData: {
    limits: [{ path: ['Queries'], takes: [], refuses: [[], Array.from({ length: 11 }, (_, position) => ({ ...metricQuery, Id: `q${position}` }))] }],
    input: () => ({ Queries: [metricQuery] }),
    also: [
      { Queries: Array.from({ length: 10 }, (_, position) => ({ ...metricQuery, Id: `q${position}` })) },
      { Queries: [{ ...metricQuery, Dimensions: { ISP: 'Other', EMAIL_IDENTITY: identity, CONFIGURATION_SET: 'main' } }] },
    ],
  },
  // Exports run one at a time: the last of many is still there to be cancelled.
  CancelExportJob: {
    input: async (ground) => {
      const jobs: { JobId: string }[] = [await newExport(ground)]
      while (jobs.length < 9)
        jobs.push((await ground.call('CreateExportJob', { ExportDataSource: insightsExport, ExportDestination: csv })) as { JobId: string })
      return { JobId: jobs.at(-1)?.JobId }
    },
  },
  CreateConfigurationSet: {
    where: { TrackingOptions: tracking },
    input: ({ fresh }) => ({ ConfigurationSetName: fresh('set') }),
    also: [
      {
        DeliveryOptions: { TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 300 },
        ReputationOptions: { ReputationMetricsEnabled: true },
        SendingOptions: { SendingEnabled: true },
        SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
        VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' }, GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } },
        Tags: [{ Key: 'team', Value: 'one' }],
      },
      { ArchivingOptions: { ArchiveArn: arn(`mailmanager-archive/a-${'0'.repeat(24)}`) } },
    ],
    limits: [nameLimit('ConfigurationSetName'), ...tagLimits],
  },
  CreateConfigurationSetEventDestination: {
    where: { 'EventDestination.CloudWatchDestination': { EventDestination: cloudWatch } },
    input: async (ground) => ({ ConfigurationSetName: await newSet(ground), EventDestinationName: ground.fresh('destination'), EventDestination: topic }),
    limits: [nameLimit('EventDestinationName')],
  },
  CreateContact: {
    where: { TopicPreferences: preferences },
    input: async (ground) => ({ ContactListName: await newList(ground), EmailAddress: reader }),
    also: [{ TopicPreferences: [{ TopicName: 'news', SubscriptionStatus: 'OPT_OUT' }], UnsubscribeAll: false, AttributesData: '{"Name":"Ada"}' }],
  },
  CreateContactList: {
    input: async (ground) => {
      await ground.call('DeleteContactList', { ContactListName: await newList(ground) })
      return { ContactListName: ground.fresh('list') }
    },
    also: [{ Topics: topics, Description: 'Readers' }],
    limits: [nameLimit('ContactListName'), ...tagLimits, { path: ['Description'], takes: texts(0, 500), refuses: texts(501) }],
  },
  CreateCustomVerificationEmailTemplate: { input: ({ fresh }) => ({ TemplateName: fresh('verification'), ...verificationMail }), also: [{ Tags: tags(50) }] },
  CreateDedicatedIpPool: {
    input: async (ground) => {
      await freePools(ground)
      return { PoolName: ground.fresh('pool') }
    },
    also: [{ ScalingMode: 'MANAGED' }],
    limits: tagLimits,
  },
  CreateEmailIdentity: {
    input: ({ fresh }) => ({ EmailIdentity: `${fresh('person')}@${fresh('site')}.test` }),
    also: [{ Tags: [{ Key: 'team', Value: 'one' }], ConfigurationSetName: 'main' }],
    limits: [...tagLimits, { path: ['EmailIdentity'], takes: [], refuses: ['no identity', 'a@', '@b.test', 'a b.test', `${'a'.repeat(64)}.test`] }],
  },
  CreateEmailIdentityPolicy: {
    input: async (ground) => {
      await ground.call('DeleteEmailIdentityPolicy', await newPolicy(ground))
      return { EmailIdentity: identity, PolicyName: ground.fresh('policy'), Policy: policy }
    },
    limits: [
      { path: ['PolicyName'], takes: texts(1, 64), refuses: texts(65) },
      { path: ['Policy'], takes: [], refuses: ['no json', '{}'] },
    ],
  },
  CreateEmailTemplate: {
    input: ({ fresh }) => ({ TemplateName: fresh('template'), TemplateContent: { Subject: 'Hello {{name}}', Text: 'Hello.', Html: '<p>Hello.</p>' } }),
    also: [{ Tags: tags(50) }],
  },
  CreateExportJob: {
    where: {
      'ExportDataSource.MetricsDataSource': { ExportDataSource: metricsExport },
      'ExportDataSource.MessageInsightsDataSource': { ExportDataSource: insightsExport },
    },
    input: async (ground) => {
      await idle(ground)
      return { ExportDataSource: insightsExport, ExportDestination: csv }
    },
    also: [
      { ExportDataSource: metricsExport },
      { ExportDestination: { DataFormat: 'JSON' } },
      {
        ExportDataSource: {
          MessageInsightsDataSource: { ...insightsExport.MessageInsightsDataSource, Include: filters, Exclude: filters, MaxResults: 10_000 },
        },
      },
    ],
    limits: [
      { path: ['ExportDestination'], takes: [], refuses: [{ ...csv, S3Url: 's3://bucket/key' }] },
      { path: ['ExportDataSource'], takes: [], refuses: [{}, { ...metricsExport, ...insightsExport }] },
    ],
  },
  CreateImportJob: {
    where: {
      'ImportDestination.ContactListDestination': {
        ImportDestination: { ContactListDestination: { ContactListName: 'none', ContactListImportAction: 'PUT' } },
      },
    },
    input: async (ground) => {
      await idle(ground)
      return { ImportDestination: suppressionImport, ImportDataSource: { S3Url: 'file:///none.csv', ...csv } }
    },
    also: [{ ImportDataSource: { S3Url: 'file://imports/none.json', DataFormat: 'JSON' } }],
    limits: [
      {
        path: ['ImportDataSource', 'S3Url'],
        takes: ['file:///folder/none.csv'],
        refuses: ['', 'none.csv', 's3://bucket', 'file:///../x', 'ftp://a/b'],
      },
      { path: ['ImportDestination'], takes: [], refuses: [{}] },
    ],
  },
  CreateTenant: {
    where: { 'SuppressionAttributes.SuppressionScope': { SuppressionAttributes: { SuppressedReasons: ['BOUNCE'] } } },
    input: ({ fresh }) => ({ TenantName: fresh('tenant') }),
    also: [{ Tags: [{ Key: 'plan', Value: 'gold' }], SuppressionAttributes: { SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' } }],
    limits: [nameLimit('TenantName'), ...tagLimits],
  },
  CreateTenantResourceAssociation: {
    input: async (ground) => ({ TenantName: (await newTenant(ground)).TenantName, ResourceArn: arn(`identity/${identity}`) }),
  },
  DeleteConfigurationSet: { input: ofSet({}) },
  DeleteConfigurationSetEventDestination: { input: newDestination },
  DeleteContact: { input: newContact },
  DeleteContactList: { input: async (ground) => ({ ContactListName: await newList(ground) }) },
  DeleteCustomVerificationEmailTemplate: { input: async (ground) => ({ TemplateName: await newVerificationMail(ground) }) },
  DeleteDedicatedIpPool: { input: async (ground) => ({ PoolName: await newPool(ground) }) },
  DeleteEmailIdentity: {
    input: async ({ call, fresh }) => {
      const EmailIdentity = `${fresh('person')}@far.test`
      await call('CreateEmailIdentity', { EmailIdentity })
      return { EmailIdentity }
    },
  },
  DeleteEmailIdentityPolicy: { input: newPolicy },
  DeleteEmailTemplate: { input: async (ground) => ({ TemplateName: await newTemplate(ground) }) },
  DeleteSuppressedDestination: { input: async (ground) => ({ EmailAddress: await suppressed(ground) }) },
  DeleteTenant: { input: async (ground) => ({ TenantName: (await newTenant(ground)).TenantName }) },
  DeleteTenantResourceAssociation: {
    input: async (ground) => {
      const association = { TenantName: (await newTenant(ground)).TenantName, ResourceArn: arn(`identity/${identity}`) }
      await ground.call('CreateTenantResourceAssociation', association)
      return association
    },
  },
  GetAccount: { input: nothing },
  GetBlacklistReports: {
    input: () => ({ BlacklistItemNames: ['127.0.0.2'] }),
    limits: [{ path: ['BlacklistItemNames'], takes: [['127.0.0.2', '127.0.0.3']], refuses: [[], addresses(101)] }],
  },
  GetConfigurationSet: { input: ofSet({}) },
  GetConfigurationSetEventDestinations: { input: ofSet({}) },
  GetContact: { input: newContact },
  GetContactList: { input: async (ground) => ({ ContactListName: await newList(ground) }) },
  GetCustomVerificationEmailTemplate: { input: async (ground) => ({ TemplateName: await newVerificationMail(ground) }) },
  GetDedicatedIp: { input: () => ({ Ip: '127.0.0.2' }) },
  GetDedicatedIpPool: { input: async (ground) => ({ PoolName: await newPool(ground) }) },
  GetDedicatedIps: { input: nothing, also: [{ PoolName: 'ses-default-dedicated-pool' }], limits: [tokenLimit] },
  GetEmailAddressInsights: {
    input: () => ({ EmailAddress: reader }),
    limits: [{ path: ['EmailAddress'], takes: ['no address', `${'a'.repeat(64)}@b.test`, `${'a'.repeat(400)}@b.test`], refuses: ['', ' '] }],
  },
  GetEmailIdentity: { input: ofIdentity() },
  GetEmailIdentityPolicies: { input: ofIdentity() },
  GetEmailTemplate: { input: async (ground) => ({ TemplateName: await newTemplate(ground) }) },
  GetExportJob: { input: newExport },
  GetImportJob: { input: newImport },
  GetMessageInsights: { input: ({ messageId }) => ({ MessageId: messageId }) },
  GetReputationEntity: { input: entity },
  GetSuppressedDestination: { input: async (ground) => ({ EmailAddress: await suppressed(ground) }) },
  GetTenant: { input: async (ground) => ({ TenantName: (await newTenant(ground)).TenantName }) },
  ListConfigurationSets: { input: nothing, limits: [pageLimit(1_000), tokenLimit] },
  ListContactLists: { input: nothing, limits: [tokenLimit] },
  ListContacts: {
    input: async (ground) => ({ ContactListName: await newList(ground) }),
    also: [{ Filter: { FilteredStatus: 'OPT_IN', TopicFilter: { TopicName: 'news', UseDefaultIfPreferenceUnavailable: true } } }],
    limits: [tokenLimit],
  },
  ListCustomVerificationEmailTemplates: { input: nothing, limits: [pageLimit(50), tokenLimit] },
  ListDedicatedIpPools: { input: nothing, limits: [tokenLimit] },
  ListEmailIdentities: {
    input: nothing,
    limits: [
      { path: ['Filter'], takes: [{ IDENTITY_NAME_CONTAINS: 'shop' }, { IDENTITY_TYPE: 'DOMAIN' }], refuses: [{ NOT_A_KEY: 'x' }] },
      pageLimit(1_000),
      tokenLimit,
    ],
  },
  ListEmailTemplates: { input: nothing, limits: [pageLimit(100), tokenLimit] },
  ListExportJobs: { input: nothing, also: [{ ExportSourceType: 'METRICS_DATA', JobStatus: 'COMPLETED' }], limits: [pageLimit(100), tokenLimit] },
  ListImportJobs: { input: nothing, also: [{ ImportDestinationType: 'CONTACT_LIST' }], limits: [pageLimit(100), tokenLimit] },
  ListRecommendations: { input: nothing, also: [{ Filter: { STATUS: 'OPEN', TYPE: 'DKIM' }, PageSize: 100 }], limits: [pageLimit(100), tokenLimit] },
  ListReputationEntities: { input: nothing, also: [{ Filter: { ENTITY_TYPE: 'RESOURCE', SENDING_STATUS: 'ENABLED' } }], limits: [tokenLimit] },
  ListResourceTenants: { input: () => ({ ResourceArn: arn(`identity/${identity}`) }), limits: [pageLimit(100), tokenLimit] },
  ListSuppressedDestinations: {
    input: nothing,
    also: [{ Reasons: ['BOUNCE', 'COMPLAINT'], StartDate: new Date(noon - day), EndDate: new Date(noon) }],
    limits: [pageLimit(1_000), { ...tokenLimit, type: 'InvalidNextTokenException' }],
  },
  ListTagsForResource: { input: async (ground) => ({ ResourceArn: arn(`configuration-set/${await newSet(ground)}`) }) },
  ListTenantResources: {
    input: async (ground) => ({ TenantName: (await newTenant(ground)).TenantName }),
    also: [{ Filter: { RESOURCE_TYPE: 'EMAIL_IDENTITY' } }],
    limits: [pageLimit(100), tokenLimit],
  },
  ListTenants: { input: nothing, limits: [pageLimit(100), tokenLimit] },
  PutAccountDedicatedIpWarmupAttributes: { input: () => ({ AutoWarmupEnabled: true }) },
  PutAccountDetails: {
    input: () => ({ MailType: 'MARKETING', WebsiteURL: 'https://shop.test/' }),
    also: [{ ContactLanguage: 'EN', UseCaseDescription: 'News for readers', AdditionalContactEmailAddresses: ['a@b.test'], ProductionAccessEnabled: true }],
    limits: [{ path: ['WebsiteURL'], takes: [`https://shop.test/${'a'.repeat(982)}`], refuses: ['shop.test', 'ftp://shop.test'] }],
  },
  PutAccountSendingAttributes: {
    input: () => ({ SendingEnabled: true }),
    restore: ({ call }) => call('PutAccountSendingAttributes', { SendingEnabled: true }),
  },
  PutAccountSuppressionAttributes: {
    input: () => ({ SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }),
    also: [{ ValidationAttributes: validation }],
    restore: ({ call }) =>
      call('PutAccountSuppressionAttributes', {
        SuppressedReasons: ['BOUNCE', 'COMPLAINT'],
        ValidationAttributes: { ConditionThreshold: { ConditionThresholdEnabled: 'DISABLED' } },
      }),
  },
  PutAccountVdmAttributes: {
    input: () => ({
      VdmAttributes: {
        VdmEnabled: 'ENABLED',
        DashboardAttributes: { EngagementMetrics: 'ENABLED' },
        GuardianAttributes: { OptimizedSharedDelivery: 'ENABLED' },
      },
    }),
  },
  PutConfigurationSetDeliveryOptions: {
    limits: [{ path: ['MaxDeliverySeconds'], takes: [300, 50_400], refuses: [0, 299, 50_401] }],
    input: ofSet({ TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 600 }),
  },
  PutConfigurationSetReputationOptions: { input: ofSet({ ReputationMetricsEnabled: true }) },
  PutConfigurationSetSendingOptions: { input: ofSet({ SendingEnabled: false }) },
  PutConfigurationSetSuppressionOptions: {
    input: ofSet({ SuppressedReasons: ['BOUNCE'] }),
    also: [{ SuppressionScope: 'TENANT' }, { ValidationOptions: validation }],
  },
  PutConfigurationSetTrackingOptions: { where: { HttpsPolicy: { CustomRedirectDomain: `links.${identity}` } }, input: ofSet({}) },
  PutConfigurationSetVdmOptions: { input: ofSet({ VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' } } }) },
  PutDedicatedIpInPool: { input: () => ({ Ip: '127.0.0.3', DestinationPoolName: 'ses-default-dedicated-pool' }) },
  PutDedicatedIpPoolScalingAttributes: { input: async (ground) => ({ PoolName: await newPool(ground), ScalingMode: 'MANAGED' }) },
  PutDedicatedIpWarmupAttributes: {
    input: () => ({ Ip: '127.0.0.2', WarmupPercentage: 50 }),
    limits: [{ path: ['WarmupPercentage'], takes: [0, 100], refuses: [-1, 101] }],
  },
  PutEmailIdentityConfigurationSetAttributes: {
    input: async (ground) => ({ EmailIdentity: identity, ConfigurationSetName: await newSet(ground) }),
    restore: ({ call }) => call('PutEmailIdentityConfigurationSetAttributes', { EmailIdentity: identity }),
  },
  PutEmailIdentityDkimAttributes: {
    input: ofIdentity({ SigningEnabled: true }),
    restore: ({ call }) => call('PutEmailIdentityDkimAttributes', { EmailIdentity: identity, SigningEnabled: true }),
  },
  PutEmailIdentityDkimSigningAttributes: {
    where: { 'SigningAttributes.DomainSigningSelector': ownKey, 'SigningAttributes.DomainSigningPrivateKey': ownKey },
    input: () => ({ EmailIdentity: 'side.test', SigningAttributesOrigin: 'AWS_SES', SigningAttributes: { NextSigningKeyLength: 'RSA_2048_BIT' } }),
  },
  PutEmailIdentityFeedbackAttributes: { input: ofIdentity({ EmailForwardingEnabled: true }) },
  PutEmailIdentityMailFromAttributes: {
    input: () => ({ EmailIdentity: 'side.test', MailFromDomain: 'bounce.side.test', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' }),
    limits: [{ path: ['MailFromDomain'], takes: [], refuses: ['side.test', 'elsewhere.test', 'no domain'] }],
  },
  PutSuppressedDestination: { input: ({ fresh }) => ({ EmailAddress: `${fresh('gone')}@far.test`, Reason: 'COMPLAINT' }) },
  PutTenantSuppressionAttributes: {
    input: async (ground) => ({ TenantName: (await newTenant(ground)).TenantName, SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' }),
  },
  SendBulkEmail: {
    input: () => ({
      FromEmailAddress: from,
      DefaultContent: { Template: { TemplateContent: { Subject: 'Hello {{name}}', Text: 'Hello.' }, TemplateData: '{"name":"you"}' } },
      BulkEmailEntries: [{ Destination: { ToAddresses: [reader] } }],
    }),
    minimalRefused: '',
    limits: [
      {
        path: ['BulkEmailEntries'],
        takes: [addresses(50).map((address) => ({ Destination: { ToAddresses: [address] } }))],
        refuses: [[], addresses(51).map((address) => ({ Destination: { ToAddresses: [address] } }))],
      },
    ],
  },
  SendCustomVerificationEmail: {
    input: async (ground) => ({ EmailAddress: `${ground.fresh('person')}@far.test`, TemplateName: await newVerificationMail(ground) }),
  },
  SendEmail: {
    where: { 'Content.Template': { Content: inlineTemplate } },
    input: () => ({ FromEmailAddress: from, Destination: { ToAddresses: [reader] }, Content: simple }),
    also: [
      { Content: { Raw: { Data: Buffer.from(`From: ${from}\r\nTo: ${reader}\r\nSubject: Hello\r\n\r\nHello.\r\n`) } } },
      { Content: { Template: { TemplateContent: { Subject: 'Hello', Text: 'Hello {{name}}.' }, TemplateData: '{"name":"you"}' } } },
      { EmailTags: [{ Name: 'campaign', Value: 'spring' }], ReplyToAddresses: [`answers@${identity}`], ConfigurationSetName: 'main' },
      { ConfigurationOverrides: { Tracking: { OpenTrackingEnabled: 'DISABLED', ClickTrackingEnabled: 'ENABLED' } } },
    ],
    minimalRefused: '',
    limits: [
      { path: ['ListManagementOptions', 'ContactListName'], takes: [], refuses: ['', ' ', 'n'.repeat(65), 'a b'] },
      { path: ['Destination', 'ToAddresses'], takes: [addresses(1), addresses(50)], refuses: [addresses(51), ['no address']] },
      {
        path: ['EmailTags'],
        takes: [[{ Name: 'n'.repeat(256), Value: 'v'.repeat(256) }]],
        refuses: [[{ Name: 'n'.repeat(257), Value: 'v' }], [{ Name: 'a b', Value: 'v' }]],
      },
      { path: ['EndpointId'], takes: [''], refuses: ['abcdef12.g3h'] },
      { path: ['Content', 'Simple', 'Headers'], takes: [Array.from({ length: 15 }, (_, position) => ({ Name: `X-H${position}`, Value: 'v' }))], refuses: [] },
    ],
  },
  TagResource: { input: async (ground) => ({ ResourceArn: arn(`configuration-set/${await newSet(ground)}`), Tags: tags(1) }), limits: tagLimits },
  TestRenderEmailTemplate: { input: async (ground) => ({ TemplateName: await newTemplate(ground), TemplateData: '{"name":"you"}' }) },
  UntagResource: { input: async (ground) => ({ ResourceArn: arn(`configuration-set/${await newSet(ground)}`), TagKeys: ['k0', 'k1'] }) },
  UpdateConfigurationSetEventDestination: {
    where: { 'EventDestination.CloudWatchDestination': { EventDestination: cloudWatch } },
    input: async (ground) => ({ ...(await newDestination(ground)), EventDestination: { ...topic, Enabled: false } }),
  },
  UpdateContact: {
    where: { TopicPreferences: preferences },
    input: newContact,
    also: [{ UnsubscribeAll: true, AttributesData: 'none', TopicPreferences: [{ TopicName: 'news', SubscriptionStatus: 'OPT_IN' }] }],
  },
  UpdateContactList: {
    limits: [{ path: ['Topics'], takes: [[], manyTopics(20)], refuses: [manyTopics(21)] }],
    input: async (ground) => ({ ContactListName: await newList(ground), Topics: topics, Description: 'Readers' }),
  },
  UpdateCustomVerificationEmailTemplate: { input: async (ground) => ({ TemplateName: await newVerificationMail(ground), ...verificationMail }) },
  UpdateEmailIdentityPolicy: { input: async (ground) => ({ ...(await newPolicy(ground)), Policy: policy }) },
  UpdateEmailTemplate: { input: async (ground) => ({ TemplateName: await newTemplate(ground), TemplateContent: { Subject: 'New', Text: 'New.' } }) },
  UpdateReputationEntityCustomerManagedStatus: { input: async (ground) => ({ ...(await entity(ground)), SendingStatus: 'DISABLED' }) },
  UpdateReputationEntityPolicy: {
    input: async (ground) => ({ ...(await entity(ground)), ReputationEntityPolicy: 'arn:aws:ses:us-east-1:aws:reputation-policy/strict' }),
  },
}
