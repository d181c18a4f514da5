// Step 1: may this credential send with these resources? Source: ses.md §10.
import { authorise } from '../access/authorise.ts'
import { type Home, sesArn } from '../model/arn.ts'
import type { Refusal } from '../model/refusal.ts'
import type { UsedRecords } from './find-used.ts'
import type { SendRequest } from './read-submission.ts'

/** Undefined means yes. SMTP and the v1 raw send are the action ses:SendRawEmail, all others are named as their operation. */
export function authoriseSend(home: Home, request: SendRequest, used: UsedRecords): Refusal | undefined {
  const { door, operation, principal } = request.submission
  const action = door === 'smtp' ? 'ses:SendRawEmail' : `ses:${operation}`
  const identityName = used.identity?.name ?? request.sender?.address
  const resources = identityName === undefined ? [] : [sesArn(home, 'identity', identityName)]
  if (used.configurationSetName !== '') resources.push(sesArn(home, 'configuration-set', used.configurationSetName))
  if (used.templateName !== '') resources.push(sesArn(home, 'template', used.templateName))
  return authorise(principal, action, resources)
}
