// Tenants as they stand on the wire. The tenant family writes explicit nulls (ses.md §1.1).
import type { ReputationEntity, Tag as WireTag, Tenant, TenantInfo } from '@aws-sdk/client-sesv2'
import { type Home, sesArn } from '../../../../model/arn.ts'
import { aggregateStatus } from '../../../../resources/may-send.ts'
import { policyArn } from '../../../../resources/reputation-status.ts'
import type { StatusRecord, Tag, TenantRecord } from '../../../../resources/tenants.ts'

/** `arn:…:tenant/<name>/<id>`. */
export function tenantArn(home: Home, tenant: Pick<TenantRecord, 'name' | 'id'>): string {
  return sesArn(home, 'tenant', `${tenant.name}/${tenant.id}`)
}

/** The members of a list item. */
export function tenantInfo(home: Home, tenant: TenantRecord): TenantInfo {
  return {
    TenantName: tenant.name,
    TenantId: tenant.id,
    TenantArn: tenantArn(home, tenant),
    CreatedTimestamp: new Date(tenant.createdAt),
    SendingStatus: aggregateStatus(tenant),
  }
}

/** All members of a tenant. */
export function wireTenant(home: Home, tenant: TenantRecord): Tenant {
  const { suppression } = tenant
  return {
    ...tenantInfo(home, tenant),
    Tags: wireTags(tenant.tags),
    // The SDK's nested type cannot say null; the real service writes it.
    SuppressionAttributes: suppression ? { SuppressedReasons: [...suppression.reasons], SuppressionScope: suppression.scope } : (null as unknown as undefined),
  }
}

/** The reputation entity of a tenant. */
export function wireReputationEntity(home: Home, tenant: TenantRecord): ReputationEntity {
  return {
    ReputationEntityReference: tenantArn(home, tenant),
    ReputationEntityType: 'RESOURCE',
    ReputationManagementPolicy: policyArn(home, tenant.policy),
    ...(tenant.customerManaged ? { CustomerManagedStatus: wireStatus(tenant.customerManaged) } : {}),
    ...(tenant.serviceManaged ? { AwsSesManagedStatus: wireStatus(tenant.serviceManaged) } : {}),
    SendingStatusAggregate: aggregateStatus(tenant),
    // NONE stands outside the model's enum, and is what the real service answers for a healthy tenant (ses.md §2.1).
    ReputationImpact: tenant.impact as 'LOW' | 'HIGH',
  }
}

/** Tags in the wire's spelling. */
export function wireTags(tags: readonly Tag[]): WireTag[] {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }))
}

/** Tags as the wire gives them; a missing key or value counts as empty and is judged as such. */
export function readTags(tags: readonly WireTag[] | undefined): Tag[] {
  return (tags ?? []).map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))
}

function wireStatus({ status, cause, updatedAt }: StatusRecord) {
  return { Status: status, Cause: cause, LastUpdatedTimestamp: new Date(updatedAt) }
}
