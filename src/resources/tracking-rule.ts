// Whether opens and clicks of one send are tracked, and under which addresses (ses.md §3.6, §5). The configuration set decides by its event
// destinations or its engagement metrics, the account by its own; what the request says of this one message comes first.
// Tenants have no part in it: a redirect domain belongs to the set, not to a tenant's resources.
import type { TrackingOverrides } from '../model/message.ts'
import type { AccountRecord } from './account.ts'
import type { ConfigurationSetRecord } from './configuration-sets.ts'

/** What one message gets. At least one of the two is on. */
export interface TrackingRule {
  readonly opens: boolean
  readonly clicks: boolean
  /** In front of the pixel's path, without `/` at the end. */
  readonly openBase: string
  /** In front of the path of a link to `target`. */
  clickBase(target: string): string
}

/**
 * The rule of one send; undefined for mail that stays as it is, at the cost of a few comparisons.
 * @param publicUrl our own address, for a set without a redirect domain.
 */
export function trackingRule(
  { configurationSet, account }: { readonly configurationSet: ConfigurationSetRecord | undefined; readonly account: AccountRecord },
  overrides: TrackingOverrides | undefined,
  publicUrl: () => string,
): TrackingRule | undefined {
  const engagement = engagementOf(configurationSet, account)
  const opens = isOn(overrides?.opens, engagement, configurationSet, 'OPEN')
  const clicks = isOn(overrides?.clicks, engagement, configurationSet, 'CLICK')
  if (!opens && !clicks) return undefined
  const { customRedirectDomain, httpsPolicy } = configurationSet?.tracking ?? {}
  const own = publicUrl()
  if (customRedirectDomain === undefined) return { opens, clicks, openBase: own, clickBase: () => own }
  const base = (secure: boolean) => domainBase(customRedirectDomain, secure, own)
  return {
    opens,
    clicks,
    // SES: OPTIONAL asks for no TLS at opens, and clicks follow the link.
    openBase: base(httpsPolicy === 'REQUIRE' || httpsPolicy === 'REQUIRE_OPEN_ONLY'),
    clickBase: (target) => base(httpsPolicy === 'REQUIRE' || /^https:/i.test(target)),
  }
}

function isOn(
  override: 'ENABLED' | 'DISABLED' | undefined,
  engagement: boolean,
  configurationSet: ConfigurationSetRecord | undefined,
  type: 'OPEN' | 'CLICK',
): boolean {
  if (override !== undefined) return override === 'ENABLED'
  return engagement || (configurationSet?.eventDestinations?.some(({ enabled, types }) => enabled && types.includes(type)) ?? false)
}

/** A set's own word on engagement metrics comes before the account's; an account without VDM has none. */
function engagementOf(configurationSet: ConfigurationSetRecord | undefined, { vdm }: AccountRecord): boolean {
  const own = configurationSet?.vdm?.engagementMetrics
  if (own !== undefined) return own === 'ENABLED'
  return vdm?.enabled === 'ENABLED' && vdm.engagementMetrics === 'ENABLED'
}

/** A redirect domain points at this service: where the scheme is ours, so is a port that is not the usual one. */
function domainBase(domain: string, secure: boolean, own: string): string {
  const { protocol, port } = new URL(own)
  const scheme = secure ? 'https:' : 'http:'
  return `${scheme}//${domain}${protocol === scheme && port !== '' ? `:${port}` : ''}`
}
