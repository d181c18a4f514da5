// TestRenderTemplate: the MIME text that a send would make.
import { isRefusal } from '../../../../model/refusal.ts'
import { testRenderEmailTemplate } from '../../ses/templates/test-render-email-template.ts'
import type { V1Operation } from '../operation.ts'

export const testRenderTemplate: V1Operation<'TestRenderTemplate'> = async (input, call, parts) => {
  const rendered = await testRenderEmailTemplate(input, call, parts)
  return isRefusal(rendered) ? rendered : { RenderedTemplate: rendered.RenderedTemplate ?? undefined }
}
