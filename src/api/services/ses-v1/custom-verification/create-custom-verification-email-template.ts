// CreateCustomVerificationEmailTemplate.
import { createCustomVerificationEmailTemplate as create } from '../../ses/custom-verification/create-custom-verification-email-template.ts'
import type { V1Operation } from '../operation.ts'

export const createCustomVerificationEmailTemplate: V1Operation<'CreateCustomVerificationEmailTemplate'> = (input, call, parts) => create(input, call, parts)
