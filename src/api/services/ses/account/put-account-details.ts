// PutAccountDetails. In the sandbox a request for production access opens a review, which the operator ends (`bulkhead account grant|deny`).
// Outside it what is said is kept and counts as granted: whoever runs the service has let the account in.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { planAccountDetails } from '../../../../resources/account-access.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import type { Operation } from '../../../operation.ts'

export const putAccountDetails: Operation<'PutAccountDetails'> = async (input, _call, { store, random, accountDefaults, home }) => {
  const { MailType: mailType = 'TRANSACTIONAL', WebsiteURL: websiteUrl = '', AdditionalContactEmailAddresses: contacts = [] } = input
  if (!URL.canParse(websiteUrl) || !/^https?:\/\/[^/?#\s]+/i.test(websiteUrl)) return refuse('InvalidRequest', { text: 'Url contains invalid format' })
  if (contacts.some((address) => !/^.+@.+$/.test(address)))
    return refuse('InvalidRequest', {
      text: "1 validation error detected: Value at 'additionalContactEmailAddresses' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy regular expression pattern: ^(.+)@(.+)$]",
    })
  const details = {
    mailType,
    websiteUrl,
    contactLanguage: input.ContactLanguage ?? undefined,
    useCaseDescription: input.UseCaseDescription ?? undefined,
    additionalContacts: contacts,
  }
  const request = { details, wantsProduction: input.ProductionAccessEnabled ?? false, caseId: `case-${home.accountId}-${random.uuid().slice(0, 8)}` }
  const refusal = await commitDecision(store, () => planAccountDetails(store, accountDefaults, request))
  return isRefusal(refusal) ? refusal : {}
}
