// UpdateTemplate.
import { updateEmailTemplate } from '../../ses/templates/update-email-template.ts'
import type { V1Operation } from '../operation.ts'
import { v2Template } from './template-spelling.ts'

export const updateTemplate: V1Operation<'UpdateTemplate'> = (input, call, parts) => updateEmailTemplate(v2Template(input.Template), call, parts)
