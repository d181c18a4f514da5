// ImportFeedback: a mail that came back somewhere else, taken as if it had come to the feedback door.
import { refuse } from '../../../../model/refusal.ts'
import type { ImportFeedbackAnswer } from '../../../../model/own-wire.ts'
import type { OwnOperation } from '../../../own-operation.ts'

/** POST /bulkhead/v1/feedback?TrustReporters= with the mail as the body */
export const importFeedback: OwnOperation = {
  name: 'ImportFeedback',
  method: 'POST',
  path: '/bulkhead/v1/feedback',
  async handle({ query, body }, _call, { importFeedback }): Promise<ImportFeedbackAnswer | ReturnType<typeof refuse>> {
    if (body.length === 0) return refuse('InvalidRequest', { text: 'The body must be the mail, as it lies in a file.' })
    const trusted = query.get('TrustReporters')
    if (trusted !== undefined && trusted !== 'true' && trusted !== 'false') return refuse('InvalidRequest', { text: 'TrustReporters must be true or false.' })
    const { result, messageId, recipient } = await importFeedback(body, trusted === 'true')
    return { Result: result, MessageId: messageId ?? null, Recipient: recipient ?? null }
  },
}
