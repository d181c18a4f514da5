// Templates as they stand on the wire, and what may be stored.
import type { EmailTemplateContent } from '@aws-sdk/client-sesv2'
import type { TemplateRenderer } from '../../../../intake/template-renderer.ts'
import { RendererUnavailable } from '../../../../intake/template-renderer.ts'
import { storedTemplateCharactersMax } from '../../../../mail/templates/limits.ts'
import type { TemplateText } from '../../../../model/message.ts'
import { isRefusal, refuse, type Refusal } from '../../../../model/refusal.ts'

const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Reads and judges content that is to be stored: its size, and that it can be compiled. */
export async function readTemplateContent(
  content: EmailTemplateContent | undefined,
  caller: string,
  templates: Pick<TemplateRenderer, 'check'>,
): Promise<TemplateText | Refusal> {
  const text = { subject: content?.Subject ?? undefined, text: content?.Text ?? undefined, html: content?.Html ?? undefined }
  if (!text.subject) return invalid('The subject must be specified.')
  const parts = Object.values(text)
  if (parts.reduce((sum, part) => sum + (part?.length ?? 0), 0) > storedTemplateCharactersMax)
    return invalid(`The template is larger than ${storedTemplateCharactersMax} characters.`)
  if ((text.html?.match(/\{\{\s*ses:openTracker\s*\}\}/g)?.length ?? 0) > 1) return invalid('The template has more than one {{ses:openTracker}}.')
  const fault = await whenAvailable(() => templates.check(caller, text))
  if (isRefusal(fault)) return fault
  return fault ? invalid(fault.templateFault) : text
}

/** A render thread that has no room is a temporary refusal. */
export async function whenAvailable<T>(work: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await work()
  } catch (fault) {
    if (fault instanceof RendererUnavailable) return refuse('ServiceUnavailable')
    throw fault
  }
}
