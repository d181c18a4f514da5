// Auto Validation as it stands on the wire, in the attributes of the account and in the suppression options of a configuration set.
import type { SuppressionValidationOptions } from '@aws-sdk/client-sesv2'
import type { ValidationSetting } from '../../../resources/address-validation.ts'

/** Undefined: not given, or an empty structure. */
export function readValidation(options: SuppressionValidationOptions | undefined): ValidationSetting | undefined {
  const { ConditionThresholdEnabled: enabled, OverallConfidenceThreshold: overall } = options?.ConditionThreshold ?? {}
  return enabled && { enabled, threshold: overall?.ConfidenceVerdictThreshold ?? undefined }
}

/** What was set, as it was given. */
export function wireValidation({ enabled, threshold }: ValidationSetting): SuppressionValidationOptions {
  return {
    ConditionThreshold: {
      ConditionThresholdEnabled: enabled,
      ...(threshold === undefined ? {} : { OverallConfidenceThreshold: { ConfidenceVerdictThreshold: threshold } }),
    },
  }
}
