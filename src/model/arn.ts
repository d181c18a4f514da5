// Amazon Resource Names of the nouns this service keeps.
// Source: service authorization reference of SES v2; tenants carry name and id.

/** Region and account of this installation; part of every ARN and signature. */
export interface Home {
  readonly region: string
  /** Twelve digits. */
  readonly accountId: string
}

/** The SES resource types whose ARNs we mint. */
export type ResourceType =
  | 'tenant'
  | 'identity'
  | 'configuration-set'
  | 'template'
  | 'dedicated-ip-pool'
  | 'contact-list'
  | 'custom-verification-email-template'

/** `arn:aws:ses:<region>:<account>:<type>/<name>`; for a tenant `name` is `<TenantName>/<TenantId>`. */
export function sesArn(home: Home, type: ResourceType, name: string): string {
  return `arn:aws:ses:${home.region}:${home.accountId}:${type}/${name}`
}

/** The partition of every ARN of ours: `arn:aws-cn:…` and `arn:aws-us-gov:…` name something else, even with the same region and account. */
export const homePartition = 'aws'

/** The parts of an ARN, or undefined when `text` is none. `type` is empty when the resource has no slash. */
export function parseArn(text: string): { partition: string; service: string; region: string; accountId: string; type: string; name: string } | undefined {
  const match = /^arn:([^:]+):([^:]*):([^:]*):([^:]*):(.+)$/s.exec(text)
  if (!match) return undefined
  const [, partition = '', service = '', region = '', accountId = '', resource = ''] = match
  const slash = resource.indexOf('/')
  return { partition, service, region, accountId, type: slash < 0 ? '' : resource.slice(0, slash), name: resource.slice(slash + 1) }
}
