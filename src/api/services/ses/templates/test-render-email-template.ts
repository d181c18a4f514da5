// TestRenderEmailTemplate: the message as it would be built, without addresses. What a send records as a rendering failure is told here at once.
import { buildMime } from '../../../../mail/build-mime.ts'
import { isMimeFault, writeFields } from '../../../../mail/normalise.ts'
import { isTemplateFault } from '../../../../mail/templates/template-data.ts'
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { requireTemplate } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { whenAvailable } from './template-wire.ts'

const nobody = { displayName: '', localPart: 'nobody', domain: 'invalid', address: 'nobody@invalid' }

export const testRenderEmailTemplate: Operation<'TestRenderEmailTemplate'> = async (input, call, { store, clock, random, templates }) => {
  const stored = await requireTemplate(store, input.TemplateName ?? '')
  if (isRefusal(stored)) return stored
  const { subject, text, html } = stored.value
  const work = { template: { subject, text, html }, defaultDataText: '', dataTexts: [input.TemplateData ?? ''] }
  const piece = await whenAvailable(() => templates.render(call.principal.arn, work))
  if (isRefusal(piece)) return piece
  const rendered = isTemplateFault(piece) ? piece : piece[0]
  if (!rendered) throw new Error('the render thread answered nothing')
  if (isTemplateFault(rendered)) return refuse('InvalidRequest', { text: rendered.templateFault })
  const part = (data: string | undefined) => (data === undefined ? undefined : { data, charset: undefined })
  const content = {
    kind: 'simple' as const,
    subject: { data: (rendered.subject ?? '').trimEnd(), charset: undefined },
    text: part(rendered.text),
    html: part(rendered.html),
    headers: [],
    attachments: [],
  }
  const built = buildMime({ from: nobody, to: [], cc: [], replyTo: [], content }, () => random.bytes(12).toString('hex'))
  if (isMimeFault(built)) return refuse('InvalidRequest', { text: built.fault })
  const date = `Date: ${new Date(clock.now()).toUTCString().replace('GMT', '+0000')}\r\n`
  return { RenderedTemplate: `${date}${writeFields(built.fields.filter(({ lower }) => lower !== 'from'))}\r\n${built.body}` }
}
