// The Content member of a send: which kind it is, and its parts in our own words.
// Leaves to whom: lengths, patterns and enumerations are judged by the protocol's constraints before this is asked.
import type { Attachment as WireAttachment, Content, EmailContent, Template, TrackingConfigurationOverrides } from '@aws-sdk/client-sesv2'
import { type Home, homePartition, parseArn } from '../../../../model/arn.ts'
import type { Attachment, ContentPart, RawContent, SimpleContent, TemplateContent, TrackingOverrides } from '../../../../model/message.ts'
import { inlineTemplateCharactersMax } from '../../../../mail/templates/limits.ts'
import { isRefusal, refuse, type Refusal } from '../../../../model/refusal.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })
const notNull = (member: string) => invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`)

/** Judges the shape of the content and maps it. */
export function readContent(content: EmailContent | undefined, home: Home): SimpleContent | RawContent | TemplateContent | Refusal {
  if (!content) return notNull('content')
  const { Simple: simple, Raw: raw, Template: template } = content
  if ([simple, raw, template].filter(Boolean).length !== 1) return invalid('Content must have exactly one of Simple, Raw and Template.')
  if (template) return readTemplate(template, home, 'content.template')
  if (raw) return raw.Data && raw.Data.length > 0 ? { kind: 'raw', bytes: raw.Data } : notNull('content.raw.data')
  if (simple?.Subject?.Data == null) return notNull(simple?.Subject ? 'content.simple.subject.data' : 'content.simple.subject')
  if (!simple.Body) return notNull('content.simple.body')
  const { Text, Html } = simple.Body
  if (!Text && !Html) return invalid('Body must have at least one of Text and Html.')
  if (Text && Text.Data == null) return notNull('content.simple.body.text.data')
  if (Html && Html.Data == null) return notNull('content.simple.body.html.data')
  // Form and length are the protocol's constraints; which fields may be set is intake's rule.
  const headers = readHeaders(simple.Headers)
  const attachments = readAttachments(simple.Attachments ?? [], 'content.simple')
  if (isRefusal(attachments)) return attachments
  return { kind: 'simple', subject: part(simple.Subject), text: Text && part(Text), html: Html && part(Html), headers, attachments }
}

/** Judges the shape of template content. @param member its path in the request. */
export function readTemplate(template: Template, home: Home, member: string): TemplateContent | Refusal {
  const { TemplateName: name, TemplateArn: arn, TemplateContent: inline } = template
  if ([name, arn, inline].filter((one) => one != null).length !== 1)
    return invalid('Template must have exactly one of TemplateName, TemplateArn and TemplateContent.')
  const parsed = arn == null ? undefined : parseArn(arn)
  if (arn != null && (parsed?.service !== 'ses' || parsed.partition !== homePartition || parsed.type !== 'template' || parsed.name === ''))
    return invalid(`Invalid template ARN <${arn.slice(0, 400)}>.`)
  if (parsed && (parsed.region !== home.region || parsed.accountId !== home.accountId))
    return invalid(`Template <${arn?.slice(0, 400)}> must be in the same account and region.`)
  const text = inline && { subject: inline.Subject ?? undefined, text: inline.Text ?? undefined, html: inline.Html ?? undefined }
  if (text && text.subject === undefined) return invalid('The subject must be specified.')
  if (text && Object.values(text).reduce((sum, part) => sum + (part?.length ?? 0), 0) > inlineTemplateCharactersMax)
    return invalid(`The template content is larger than ${inlineTemplateCharactersMax} characters.`)
  const attachments = readAttachments(template.Attachments ?? [], member)
  if (isRefusal(attachments)) return attachments
  return {
    kind: 'template',
    template: text ?? { name: name ?? parsed?.name ?? '' },
    dataText: template.TemplateData ?? '',
    headers: readHeaders(template.Headers),
    attachments,
  }
}

/** What a send says about tracking, whatever its configuration set says. */
export function readTrackingOverrides({ OpenTrackingEnabled, ClickTrackingEnabled }: TrackingConfigurationOverrides): TrackingOverrides {
  return { opens: OpenTrackingEnabled ?? undefined, clicks: ClickTrackingEnabled ?? undefined }
}

/** Extra fields in our own words. */
export function readHeaders(headers: Template['Headers']): SimpleContent['headers'] {
  return (headers ?? []).map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }))
}

function part({ Data = '', Charset }: Content): ContentPart {
  return { data: Data, charset: Charset ?? undefined }
}

function readAttachments(attachments: readonly WireAttachment[], parent: string): readonly Attachment[] | Refusal {
  const read: Attachment[] = []
  for (const [index, attachment] of attachments.entries()) {
    const member = `${parent}.attachments.${index + 1}.member`
    const { RawContent: content, FileName: fileName, ContentId: contentId, ContentType: contentType, ContentDescription: description } = attachment
    if (!content) return notNull(`${member}.rawContent`)
    if (fileName == null) return notNull(`${member}.fileName`)
    // These stand in header fields of the message.
    for (const [name, text] of Object.entries({ fileName, contentDescription: description, contentId, contentType }))
      if (text != null && /[\0-\x08\x0a-\x1f\x7f]/.test(text)) return invalid(`Value at '${member}.${name}' must not contain control characters.`)
    read.push({
      content,
      fileName,
      contentType: contentType ?? undefined,
      disposition: attachment.ContentDisposition ?? 'ATTACHMENT',
      description: description ?? undefined,
      contentId: contentId ?? undefined,
      transferEncoding: attachment.ContentTransferEncoding ?? undefined,
    })
  }
  return read
}
