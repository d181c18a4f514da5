// CreateTemplate.
import { createEmailTemplate } from '../../ses/templates/create-email-template.ts'
import type { V1Operation } from '../operation.ts'
import { v2Template } from './template-spelling.ts'

export const createTemplate: V1Operation<'CreateTemplate'> = (input, call, parts) => createEmailTemplate(v2Template(input.Template), call, parts)
