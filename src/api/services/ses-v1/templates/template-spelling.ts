// Templates as v1 spells them.
import type { Template } from '@aws-sdk/client-ses'

/** The members of v2. */
export function v2Template(template: Template | undefined) {
  const { TemplateName, SubjectPart: Subject, TextPart: Text, HtmlPart: Html } = template ?? {}
  return { TemplateName, TemplateContent: { Subject, Text, Html } }
}
