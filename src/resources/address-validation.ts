// Auto Validation as account and configuration set may set it: whether a recipient's address is judged before mail goes out, and how sure the
// verdict must be. A configuration set overrides the account. Source: ses.md §7.2.
// Leaves to whom: the judging is insights/address, the holding back is delivery's.
import type { ValidationThreshold } from '../model/address-validation.ts'

/** The setting as it was given. */
export interface ValidationSetting {
  readonly enabled: 'ENABLED' | 'DISABLED'
  /** Undefined: MANAGED. */
  readonly threshold: ValidationThreshold | undefined
}

/** The threshold that counts for a message; undefined: nobody judges its recipients. */
export function validationThreshold(states: {
  readonly account: { readonly validation?: ValidationSetting | undefined }
  readonly configurationSet: { readonly suppression: { readonly validation?: ValidationSetting | undefined } | undefined } | undefined
}): ValidationThreshold | undefined {
  const setting = states.configurationSet?.suppression?.validation ?? states.account.validation
  return setting?.enabled === 'ENABLED' ? (setting.threshold ?? 'MANAGED') : undefined
}
