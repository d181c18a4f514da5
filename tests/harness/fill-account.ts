// Fills an SES account with some hundreds of resources of every kind that an import copies, through the official SDK.
import * as sdk from '@aws-sdk/client-sesv2'
import { waitFor } from './wait-for.ts'

/** How many of each. */
export const filled = { sets: 20, domains: 40, templates: 30, contacts: 60, suppressed: 50, tenants: 120, tenantSuppressed: 20 }

const policyOf = (arnBase: string, domain: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: '777788889999' }, Action: ['ses:SendEmail', 'ses:SendRawEmail'], Resource: `${arnBase}identity/${domain}` },
    ],
  })

/** @param arnBase `arn:aws:ses:eu-west-1:444455556666:` */
export async function fillAccount(ses: sdk.SESv2Client, arnBase: string): Promise<void> {
  const times = async (count: number, each: (position: number) => Promise<unknown>) => {
    for (let start = 0; start < count; start += 10) await Promise.all(Array.from({ length: Math.min(10, count - start) }, (_, offset) => each(start + offset)))
  }
  await ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'bulk' }))
  await ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName: 'elastic', ScalingMode: 'MANAGED' }))
  await times(filled.sets, (n) =>
    ses.send(
      new sdk.CreateConfigurationSetCommand({
        ConfigurationSetName: `set-${n}`,
        Tags: [{ Key: 'n', Value: String(n) }],
        DeliveryOptions: {
          TlsPolicy: n % 2 ? 'REQUIRE' : 'OPTIONAL',
          ...(n % 3 ? {} : { SendingPoolName: 'bulk' }),
          ...(n % 4 ? {} : { MaxDeliverySeconds: 3_600 }),
        },
        SendingOptions: { SendingEnabled: n !== 7 },
        ReputationOptions: { ReputationMetricsEnabled: n % 2 === 0 },
        ...(n % 5 ? {} : { SuppressionOptions: { SuppressedReasons: n ? ['COMPLAINT', 'BOUNCE'] : [] } }),
        ...(n % 6 ? {} : { VdmOptions: { DashboardOptions: { EngagementMetrics: 'ENABLED' }, GuardianOptions: { OptimizedSharedDelivery: 'DISABLED' } } }),
      }),
    ),
  )
  await times(5, async (n) => {
    const ConfigurationSetName = `set-${n}`
    const topic = {
      Enabled: n !== 1,
      MatchingEventTypes: ['SEND', 'BOUNCE'] as sdk.EventType[],
      SnsDestination: { TopicArn: 'arn:aws:sns:eu-west-1:444455556666:mail' },
    }
    await ses.send(new sdk.CreateConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName: 'topic', EventDestination: topic }))
    const dimension = { DimensionName: 'campaign', DimensionValueSource: 'MESSAGE_TAG' as const, DefaultDimensionValue: 'none' }
    const metrics = { Enabled: true, MatchingEventTypes: ['OPEN'] as sdk.EventType[], CloudWatchDestination: { DimensionConfigurations: [dimension] } }
    await ses.send(new sdk.CreateConfigurationSetEventDestinationCommand({ ConfigurationSetName, EventDestinationName: 'metrics', EventDestination: metrics }))
  })
  await times(filled.domains, async (n) => {
    const EmailIdentity = `d${n}.test`
    await ses.send(
      new sdk.CreateEmailIdentityCommand({
        EmailIdentity,
        Tags: [{ Key: 'owner', Value: `team ${n}` }],
        ...(n % 2 ? {} : { ConfigurationSetName: `set-${n % filled.sets}` }),
        ...(n % 9 ? {} : { DkimSigningAttributes: { NextSigningKeyLength: 'RSA_1024_BIT' } }),
      }),
    )
    if (n % 4 === 0)
      await ses.send(
        new sdk.PutEmailIdentityMailFromAttributesCommand({ EmailIdentity, MailFromDomain: `bounce.${EmailIdentity}`, BehaviorOnMxFailure: 'REJECT_MESSAGE' }),
      )
    if (n % 5 === 0) await ses.send(new sdk.PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity, EmailForwardingEnabled: false }))
    if (n % 8 === 0)
      await ses.send(new sdk.CreateEmailIdentityPolicyCommand({ EmailIdentity, PolicyName: 'partner', Policy: policyOf(arnBase, EmailIdentity) }))
  })
  await ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'ann@elsewhere.test' }))
  await ses.send(new sdk.PutEmailIdentityDkimAttributesCommand({ EmailIdentity: 'd1.test', SigningEnabled: false }))
  await times(filled.templates, (n) =>
    ses.send(
      new sdk.CreateEmailTemplateCommand({
        TemplateName: `template-${n}`,
        TemplateContent: { Subject: `Hi {{name}} ${n}`, Text: 'Grüße', Html: '<p>{{name}}</p>' },
      }),
    ),
  )
  const verified = async () => (await ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'd0.test' }))).VerifiedForSendingStatus
  await waitFor('verification of d0.test', verified, 20_000)
  await ses.send(
    new sdk.PutConfigurationSetTrackingOptionsCommand({ ConfigurationSetName: 'set-2', CustomRedirectDomain: 'links.d0.test', HttpsPolicy: 'REQUIRE' }),
  )
  await ses.send(
    new sdk.CreateCustomVerificationEmailTemplateCommand({
      TemplateName: 'welcome',
      FromEmailAddress: 'hello@d0.test',
      TemplateSubject: 'Is this you?',
      TemplateContent: '<html><body><h1>Confirm</h1></body></html>',
      SuccessRedirectionURL: 'https://shop.test/yes',
      FailureRedirectionURL: 'https://shop.test/no',
    }),
  )
  await ses.send(
    new sdk.CreateContactListCommand({
      ContactListName: 'readers',
      Description: 'All readers',
      Topics: ['news', 'offers'].map((TopicName) => ({
        TopicName,
        DisplayName: TopicName,
        DefaultSubscriptionStatus: 'OPT_OUT' as const,
        Description: `${TopicName}!`,
      })),
      Tags: [{ Key: 'k', Value: 'v' }],
    }),
  )
  await times(filled.contacts, (n) =>
    ses.send(
      new sdk.CreateContactCommand({
        ContactListName: 'readers',
        EmailAddress: `reader+${n}@far.test`,
        UnsubscribeAll: n % 10 === 0,
        ...(n % 2 ? { AttributesData: JSON.stringify({ n }) } : {}),
        ...(n % 3 ? { TopicPreferences: [{ TopicName: 'news', SubscriptionStatus: 'OPT_IN' as const }] } : {}),
      }),
    ),
  )
  await times(filled.suppressed, (n) =>
    ses.send(new sdk.PutSuppressedDestinationCommand({ EmailAddress: `gone${n}@far.test`, Reason: n % 2 ? 'BOUNCE' : 'COMPLAINT' })),
  )
  await times(filled.tenants, async (n) => {
    const TenantName = `tenant-${n}`
    const { TenantArn } = await ses.send(
      new sdk.CreateTenantCommand({
        TenantName,
        Tags: [{ Key: 'plan', Value: n % 2 ? 'gold' : 'free' }],
        ...(n % 3 ? {} : { SuppressionAttributes: { SuppressedReasons: ['BOUNCE'], SuppressionScope: 'TENANT' } }),
      }),
    )
    const resources = [
      `identity/d${n % filled.domains}.test`,
      `configuration-set/set-${n % filled.sets}`,
      ...(n % 4 ? [] : [`template/template-${n % filled.templates}`]),
    ]
    for (const resource of resources) await ses.send(new sdk.CreateTenantResourceAssociationCommand({ TenantName, ResourceArn: arnBase + resource }))
    const entity = { ReputationEntityType: 'RESOURCE' as const, ReputationEntityReference: TenantArn }
    if (n % 7 === 0)
      await ses.send(
        new sdk.UpdateReputationEntityPolicyCommand({ ...entity, ReputationEntityPolicy: `${arnBase.replace(/\d+:$/, '')}aws:reputation-policy/strict` }),
      )
    if (n % 11 === 0) await ses.send(new sdk.UpdateReputationEntityCustomerManagedStatusCommand({ ...entity, SendingStatus: 'DISABLED' }))
  })
  await times(filled.tenantSuppressed, (n) =>
    ses.send(new sdk.PutSuppressedDestinationCommand({ TenantName: `tenant-${n}`, EmailAddress: `own${n}@far.test`, Reason: 'BOUNCE' })),
  )
  await ses.send(new sdk.PutAccountDetailsCommand({ MailType: 'TRANSACTIONAL', WebsiteURL: 'https://shop.test/', ContactLanguage: 'EN' }))
  await ses.send(new sdk.PutAccountVdmAttributesCommand({ VdmAttributes: { VdmEnabled: 'ENABLED', DashboardAttributes: { EngagementMetrics: 'ENABLED' } } }))
}
