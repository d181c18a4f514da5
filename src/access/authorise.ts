// Who may do what, judged in one place for every door. Today there is one kind of principal, the account's root, who may do
// all; any other kind may do nothing until policies exist. Source: ses.md §10.
import type { Principal } from '../model/principal.ts'
import { type Refusal, refuse } from '../model/refusal.ts'

const rootArn = /^arn:aws:iam::\d{12}:root$/

/**
 * May `principal` do `action` (for example `ses:CreateTenant`) on every one of `resources` (ARNs)? Undefined means yes.
 * An empty list means that the action names no resource.
 */
export function authorise(principal: Principal, action: string, resources: readonly string[]): Refusal | undefined {
  if (rootArn.test(principal.arn)) return undefined
  return refuse('AccessDenied', { principal: principal.arn, action, resource: resources[0] ?? '*' })
}
