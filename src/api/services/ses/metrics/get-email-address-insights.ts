// GetEmailAddressInsights. Text that is no address is answered with verdicts, not refused: that is what the operation is for.
import type { EmailAddressInsightsVerdict } from '@aws-sdk/client-sesv2'
import type { Confidence } from '../../../../model/address-validation.ts'
import { refuse } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'

export const getEmailAddressInsights: Operation<'GetEmailAddressInsights'> = async (input, _call, { judgeAddress }) => {
  const text = input.EmailAddress?.trim() ?? ''
  if (text === '') return refuse('InvalidRequest', { text: "EmailAddress can't be blank." })
  const { isValid, evaluations } = await judgeAddress(text)
  return {
    MailboxValidation: {
      IsValid: verdict(isValid),
      Evaluations: {
        HasValidSyntax: verdict(evaluations.hasValidSyntax),
        HasValidDnsRecords: verdict(evaluations.hasValidDnsRecords),
        MailboxExists: verdict(evaluations.mailboxExists),
        IsRoleAddress: verdict(evaluations.isRoleAddress),
        IsDisposable: verdict(evaluations.isDisposable),
        IsRandomInput: verdict(evaluations.isRandomInput),
      },
    },
  }
}

function verdict(confidence: Confidence): EmailAddressInsightsVerdict {
  return { ConfidenceVerdict: confidence }
}
