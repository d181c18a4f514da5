// PutAccountDetails. There is no sandbox to leave on one's own machine, and the operator is the reviewer: what is said is kept and counts as
// granted at once, so SES's "a review is pending" conflict cannot arise.
import { refuse } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { editAccount } from './edit-account.ts'

export const putAccountDetails: Operation<'PutAccountDetails'> = async (input, _call, { store }) => {
  const { MailType: mailType = 'TRANSACTIONAL', WebsiteURL: websiteUrl = '', AdditionalContactEmailAddresses: contacts = [] } = input
  if (!URL.canParse(websiteUrl) || !/^https?:\/\/[^/?#\s]+/i.test(websiteUrl)) return refuse('InvalidRequest', { text: 'Url contains invalid format' })
  if (contacts.some((address) => !/^.+@.+$/.test(address)))
    return refuse('InvalidRequest', {
      text: "1 validation error detected: Value at 'additionalContactEmailAddresses' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy regular expression pattern: ^(.+)@(.+)$]",
    })
  return editAccount(store, {
    details: {
      mailType,
      websiteUrl,
      contactLanguage: input.ContactLanguage ?? undefined,
      useCaseDescription: input.UseCaseDescription ?? undefined,
      additionalContacts: contacts,
    },
  })
}
