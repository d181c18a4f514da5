// Custom verification templates as they stand on the wire.
import type { CustomVerificationTemplateRecord } from '../../../../resources/custom-verification-templates.ts'

/** The members that a request gives; what is missing counts as empty and is judged as such. */
export function readCustomVerificationTemplate(input: {
  readonly FromEmailAddress: string | undefined
  readonly TemplateSubject: string | undefined
  readonly TemplateContent: string | undefined
  readonly SuccessRedirectionURL: string | undefined
  readonly FailureRedirectionURL: string | undefined
}) {
  return {
    from: input.FromEmailAddress ?? '',
    subject: input.TemplateSubject ?? '',
    content: input.TemplateContent ?? '',
    successUrl: input.SuccessRedirectionURL ?? '',
    failureUrl: input.FailureRedirectionURL ?? '',
  }
}

/** The members of a list item. */
export function wireCustomVerificationTemplate({ name, from, subject, successUrl, failureUrl }: CustomVerificationTemplateRecord) {
  return { TemplateName: name, FromEmailAddress: from, TemplateSubject: subject, SuccessRedirectionURL: successUrl, FailureRedirectionURL: failureUrl }
}
