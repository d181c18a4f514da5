// The first half of step 3 for template content: the template and the data become Simple content, or the reason why they cannot.
import { isTemplateFault, type TemplateFault } from '../mail/templates/template-data.ts'
import type { TemplateContent, TemplateText } from '../model/message.ts'
import type { UsedRecords } from './find-used.ts'
import type { SendRequest } from './read-submission.ts'
import type { TemplateRenderer } from './template-renderer.ts'

/** A request with content that can be built; with a `failure` nothing is sent, and the event says why. */
export interface FilledRequest {
  readonly request: SendRequest
  readonly failure?: Readonly<Record<string, string>> | undefined
}

/** Renders template content; other content stays as it is. @throws RendererUnavailable */
export async function fillTemplate(renderer: Pick<TemplateRenderer, 'render'>, request: SendRequest, used: UsedRecords): Promise<FilledRequest> {
  const { content } = request.submission
  if (content.kind !== 'template') return { request }
  const template = templateText(content, used)
  const piece = await renderer.render(request.tenantName, { template, defaultDataText: content.dataText, dataTexts: [''] })
  const rendered = isTemplateFault(piece) ? piece : piece[0]
  if (!rendered) throw new Error('the render thread answered nothing')
  return fill(request, content, used, rendered)
}

/** The text of a stored template that passed the gate, or of one that the request brought. */
export function templateText({ template }: TemplateContent, used: UsedRecords): TemplateText {
  if (!('name' in template)) return template
  if (!used.template) throw new Error('a missing template passed the gate')
  const { subject, text, html } = used.template
  return { subject, text, html }
}

/** The request with what was rendered for it. */
export function fill(request: SendRequest, content: TemplateContent, used: UsedRecords, rendered: TemplateText | TemplateFault): FilledRequest {
  if (isTemplateFault(rendered)) return { request, failure: failure(used, rendered.templateFault) }
  // Files of templates often end with a line end.
  const subject = (rendered.subject ?? '').trimEnd()
  if (/[\r\n\0]/.test(subject)) return { request, failure: failure(used, 'The rendered subject contains a line break or a NUL character.') }
  const part = (data: string | undefined) => (data === undefined ? undefined : { data, charset: undefined })
  const { headers, attachments } = content
  const simple = {
    kind: 'simple' as const,
    subject: { data: subject, charset: undefined },
    text: part(rendered.text),
    html: part(rendered.html),
    headers,
    attachments,
  }
  return { request: { ...request, submission: { ...request.submission, content: simple } } }
}

function failure({ templateName }: UsedRecords, errorMessage: string): Readonly<Record<string, string>> {
  return { errorMessage, ...(templateName === '' ? {} : { templateName }) }
}
