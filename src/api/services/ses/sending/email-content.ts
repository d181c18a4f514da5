// The Content member of a send: which kind it is, and its parts in our own words.
// Leaves to whom: lengths, patterns and enumerations are judged by the protocol's constraints before this is asked.
import type { Attachment as WireAttachment, Content, EmailContent } from '@aws-sdk/client-sesv2'
import type { Attachment, ContentPart, RawContent, SimpleContent } from '../../../../model/message.ts'
import { isRefusal, refuse, type Refusal } from '../../../../model/refusal.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })
const notNull = (member: string) => invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`)

/** Judges the shape of the content and maps it. */
export function readContent(content: EmailContent | undefined): SimpleContent | RawContent | Refusal {
  if (!content) return notNull('content')
  const { Simple: simple, Raw: raw, Template: template } = content
  if ([simple, raw, template].filter(Boolean).length !== 1) return invalid('Content must have exactly one of Simple, Raw and Template.')
  if (template) return invalid('Template content is not offered yet: render the template and send it as Simple or Raw content.')
  if (raw) return raw.Data && raw.Data.length > 0 ? { kind: 'raw', bytes: raw.Data } : notNull('content.raw.data')
  if (simple?.Subject?.Data == null) return notNull(simple?.Subject ? 'content.simple.subject.data' : 'content.simple.subject')
  if (!simple.Body) return notNull('content.simple.body')
  const { Text, Html } = simple.Body
  if (!Text && !Html) return invalid('Body must have at least one of Text and Html.')
  if (Text && Text.Data == null) return notNull('content.simple.body.text.data')
  if (Html && Html.Data == null) return notNull('content.simple.body.html.data')
  // Form and length are the protocol's constraints; which fields may be set is intake's rule.
  const headers = (simple.Headers ?? []).map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }))
  const attachments = readAttachments(simple.Attachments ?? [])
  if (isRefusal(attachments)) return attachments
  return { kind: 'simple', subject: part(simple.Subject), text: Text && part(Text), html: Html && part(Html), headers, attachments }
}

function part({ Data = '', Charset }: Content): ContentPart {
  return { data: Data, charset: Charset ?? undefined }
}

function readAttachments(attachments: readonly WireAttachment[]): readonly Attachment[] | Refusal {
  const read: Attachment[] = []
  for (const [index, attachment] of attachments.entries()) {
    const member = `content.simple.attachments.${index + 1}.member`
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
