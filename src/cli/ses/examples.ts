// One example for the help of each operation: what the operation requires, with values that a service takes. A few are written by hand,
// where the required members alone would make a poor example.
import { kebab, type Operation, type Shape } from './schemas.ts'

const written: Readonly<Record<string, string>> = {
  'batch-get-metric-data': '--queries Id=sent,Namespace=VDM,Metric=SEND,StartDate=2026-11-01T00:00:00Z,EndDate=2026-11-08T00:00:00Z',
  'create-configuration-set-event-destination': `--configuration-set-name main --event-destination-name alerts --event-destination '{"Enabled":true,"MatchingEventTypes":["BOUNCE","COMPLAINT"],"EventBridgeDestination":{"EventBusArn":"arn:aws:events:us-east-1:111122223333:event-bus/default"}}'`,
  'create-export-job': `--export-data-source '{"MessageInsightsDataSource":{"StartDate":"2026-11-01T00:00:00Z","EndDate":"2026-11-08T00:00:00Z"}}' --export-destination DataFormat=CSV`,
  'create-tenant': '--tenant-name acme --tags Key=plan,Value=gold',
  'create-deliverability-test-report': `--from-email-address news@example.com --content '{"Simple":{"Subject":{"Data":"Hello"},"Body":{"Text":{"Data":"Good morning."}}}}'`,
  'create-email-template': '--template-name welcome --template-content "Subject=Welcome,Text=Good morning {{name}}"',
  'update-email-template': '--template-name welcome --template-content "Subject=Welcome,Text=Good evening {{name}}"',
  'put-email-identity-dkim-signing-attributes': '--email-identity example.com --signing-attributes-origin AWS_SES',
  'list-recommendations': '--filter STATUS=OPEN,IMPACT=HIGH',
  'list-reputation-entities': '--filter SENDING_STATUS=DISABLED',
  'put-account-sending-attributes': '--sending-enabled',
  'put-account-suppression-attributes': '--suppressed-reasons BOUNCE COMPLAINT',
  'put-account-dedicated-ip-warmup-attributes': '--auto-warmup-enabled',
  'send-bulk-email': `--from-email-address news@example.com --default-content '{"Template":{"TemplateName":"welcome","TemplateData":"{}"}}' --bulk-email-entries '[{"Destination":{"ToAddresses":["ann@example.net"]}}]'`,
  'send-email': `--from-email-address news@example.com --destination ToAddresses=ann@example.net --content '{"Simple":{"Subject":{"Data":"Hello"},"Body":{"Text":{"Data":"Good morning."}}}}'`,
  'update-configuration-set-event-destination': `--configuration-set-name main --event-destination-name alerts --event-destination Enabled=false`,
}

const samples: Readonly<Record<string, string>> = {
  BehaviorOnMxFailure: 'USE_DEFAULT_VALUE',
  BlacklistItemNames: '192.0.2.10',
  CertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/2f1c0a4e-8d1b-4c7a-9a55-6a4be0f2d7c1',
  ConfigurationSetName: 'main',
  ContactListName: 'readers',
  DataFormat: 'CSV',
  DestinationPoolName: 'shared',
  Domain: 'example.com',
  EmailAddress: 'ann@example.net',
  EmailIdentity: 'example.com',
  EndDate: '2026-11-08T00:00:00Z',
  EndpointName: 'both',
  EventDestinationName: 'alerts',
  FailureRedirectionURL: 'https://example.com/failed',
  FromEmailAddress: 'news@example.com',
  Ip: '192.0.2.10',
  Key: 'plan',
  MailType: 'TRANSACTIONAL',
  Plan: 'NONE',
  Policy: `'{"Version":"2012-10-17","Statement":[]}'`,
  PolicyName: 'senders',
  PoolName: 'shared',
  Reason: 'BOUNCE',
  Region: 'eu-west-1',
  ReputationEntityPolicy: 'arn:aws:ses:us-east-1:aws:reputation-policy/strict',
  ReputationEntityReference: 'arn:aws:ses:us-east-1:111122223333:tenant/acme/tn-1f0c',
  ReputationEntityType: 'RESOURCE',
  ResourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/example.com',
  S3Url: 's3://lists/contacts.csv',
  ScalingMode: 'STANDARD',
  SendingStatus: 'DISABLED',
  SigningAttributesOrigin: 'AWS_SES',
  StartDate: '2026-11-01T00:00:00Z',
  SubscribedDomain: 'example.com',
  SuccessRedirectionURL: 'https://example.com/done',
  TagKeys: 'plan',
  TemplateContent: '"<p>Please confirm.</p>"',
  TemplateData: `'{"name":"Ann"}'`,
  TemplateName: 'welcome',
  TemplateSubject: '"Please confirm"',
  TenantName: 'acme',
  Value: 'gold',
  VdmEnabled: 'ENABLED',
  WebsiteURL: 'https://example.com',
}

/** The whole line to type. */
export function exampleOf(operation: Operation): string {
  const flags =
    written[operation.command] ??
    operation.input.members
      .filter((member) => member.required)
      .map((member) => `--${kebab(member.name)}${sampleOf(member.name, member.shape)}`)
      .join(' ')
  return `bulkhead ses ${operation.command}${flags ? ` ${flags}` : ''}`
}

function sampleOf(name: string, shape: Shape): string {
  switch (shape.kind) {
    case 'boolean':
      return ''
    case 'number':
      return ' 50'
    case 'list':
      return sampleOf(name, shape.element)
    case 'structure': {
      const required = shape.members.filter((member) => member.required && member.shape.kind !== 'structure' && member.shape.kind !== 'list')
      return required.length === shape.members.filter((member) => member.required).length && required.length > 0
        ? ` ${required.map((member) => `${member.name}=${sampleOf(member.name, member.shape).trim()}`).join(',')}`
        : ` '${JSON.stringify(documentOf(shape))}'`
    }
    case 'map':
      return ` '${JSON.stringify(documentOf(shape))}'`
    default:
      return ` ${samples[name] ?? 'example'}`
  }
}

function documentOf(shape: Shape, name = ''): unknown {
  switch (shape.kind) {
    case 'boolean':
      return true
    case 'number':
      return 50
    case 'list':
      return [documentOf(shape.element, name)]
    case 'map':
      return {}
    case 'structure':
      return Object.fromEntries(shape.members.filter((member) => member.required).map((member) => [member.name, documentOf(member.shape, member.name)]))
    default:
      return samples[name] ?? 'example'
  }
}
