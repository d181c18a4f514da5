// The pair of reasons and scope that a tenant may carry. Texts and order: ses.md §1.6.
import { refuse, type Refusal, isRefusal } from '../model/refusal.ts'
import type { SuppressionAttributes } from './tenants.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })

/**
 * Judges the pair as given; null counts as absent.
 * @returns undefined in `attributes` when neither was given: that clears them.
 */
export function judgeTenantSuppression(
  reasons: readonly string[] | null | undefined,
  scope: string | null | undefined,
): { attributes: SuppressionAttributes | undefined } | Refusal {
  const known = reasons ? judgeReasonsEnum(reasons) : []
  if (isRefusal(known)) return known
  if (scope != null && scope !== 'TENANT' && scope !== 'ACCOUNT')
    return invalid(
      "1 validation error detected: Value at 'suppressionScope' failed to satisfy constraint: Member must satisfy enum value set: [TENANT, ACCOUNT]",
    )
  if (new Set(known).size !== known.length) return invalid('Each suppressed reason can only be specified at most once')
  if (reasons && scope == null)
    return invalid(
      reasons.length === 0
        ? 'SuppressionScope is required when SuppressedReasons are provided. Valid values are: TENANT, ACCOUNT'
        : 'SuppressedReasons cannot be specified without SuppressionScope.',
    )
  if (!reasons && scope != null) return invalid('SuppressionScope cannot be specified without SuppressedReasons.')
  return { attributes: reasons && scope != null ? { reasons: known, scope } : undefined }
}

/** Judges reasons with the model's own text, as all operations do that take them at creation. */
export function judgeReasonsEnum(reasons: readonly string[]): readonly ('BOUNCE' | 'COMPLAINT')[] | Refusal {
  const known = reasons.filter((reason) => reason === 'BOUNCE' || reason === 'COMPLAINT')
  return known.length === reasons.length
    ? known
    : invalid(
        "1 validation error detected: Value at 'suppressedReasons' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [BOUNCE, COMPLAINT]]",
      )
}
