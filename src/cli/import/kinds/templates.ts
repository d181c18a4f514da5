// E-mail templates, and those of custom verification mails.
import {
  CreateCustomVerificationEmailTemplateCommand,
  type CreateCustomVerificationEmailTemplateCommandInput,
  CreateEmailTemplateCommand,
  type EmailTemplateContent,
  GetCustomVerificationEmailTemplateCommand,
  GetEmailTemplateCommand,
  ListCustomVerificationEmailTemplatesCommand,
  ListEmailTemplatesCommand,
  type Tag,
  UpdateCustomVerificationEmailTemplateCommand,
  UpdateEmailTemplateCommand,
} from '@aws-sdk/client-sesv2'
import { type Kind, pagesOf, unlessAbsent } from '../kind.ts'
import { tagPart, writeTags } from './tag-part.ts'

export const templates: Kind = {
  name: 'templates',
  entries: ({ client }) =>
    pagesOf(
      (token) => client.send(new ListEmailTemplatesCommand({ ...token, PageSize: 100 })),
      ({ TemplatesMetadata = [] }) => TemplatesMetadata.map(({ TemplateName = '' }) => ({ key: TemplateName })),
    ),
  async read({ client }, TemplateName) {
    const answer = await unlessAbsent(client.send(new GetEmailTemplateCommand({ TemplateName })))
    return answer && { parts: { TemplateContent: answer.TemplateContent, Tags: tagPart(answer.Tags) } }
  },
  create: ({ client }, TemplateName, wanted) =>
    client.send(new CreateEmailTemplateCommand({ TemplateName, TemplateContent: wanted.TemplateContent as EmailTemplateContent, Tags: wanted.Tags as Tag[] })),
  write: (target, TemplateName, part, wanted, present) =>
    part === 'Tags'
      ? writeTags(target, `template/${TemplateName}`, wanted, present)
      : target.client.send(new UpdateEmailTemplateCommand({ TemplateName, TemplateContent: wanted.TemplateContent as EmailTemplateContent })),
}

type Mail = Omit<CreateCustomVerificationEmailTemplateCommandInput, 'TemplateName' | 'Tags'>

export const verificationTemplates: Kind = {
  name: 'verification-templates',
  entries: ({ client }) =>
    pagesOf(
      (token) => client.send(new ListCustomVerificationEmailTemplatesCommand({ ...token, PageSize: 50 })),
      ({ CustomVerificationEmailTemplates = [] }) => CustomVerificationEmailTemplates.map(({ TemplateName = '' }) => ({ key: TemplateName })),
    ),
  async read({ client }, TemplateName) {
    const answer = await unlessAbsent(client.send(new GetCustomVerificationEmailTemplateCommand({ TemplateName })))
    if (!answer) return undefined
    const { FromEmailAddress, TemplateSubject, TemplateContent, SuccessRedirectionURL, FailureRedirectionURL, Tags } = answer
    return { parts: { Mail: { FromEmailAddress, TemplateSubject, TemplateContent, SuccessRedirectionURL, FailureRedirectionURL }, Tags: tagPart(Tags) } }
  },
  create: ({ client }, TemplateName, wanted) =>
    client.send(new CreateCustomVerificationEmailTemplateCommand({ TemplateName, ...(wanted.Mail as Mail), Tags: wanted.Tags as Tag[] })),
  write: (target, TemplateName, part, wanted, present) =>
    part === 'Tags'
      ? writeTags(target, `custom-verification-email-template/${TemplateName}`, wanted, present)
      : target.client.send(new UpdateCustomVerificationEmailTemplateCommand({ TemplateName, ...(wanted.Mail as Mail) })),
}
