// One line of `bulkhead feedback explain`: what a mail that came back reports, and whether its token is ours. Pure, so that it needs no service.
import { openReturnPathTokens } from '../return-path.ts'
import { type FeedbackKind, readFeedback } from './read-feedback.ts'

/** The explanation of one mail. What a report does not say is null. */
export interface FeedbackExplanation {
  readonly kind: FeedbackKind
  readonly recipients: readonly {
    readonly address: string | null
    readonly action: string | null
    readonly status: string | null
    readonly diagnosticCode: string | null
    readonly bounceType: string | null
    readonly bounceSubType: string | null
    readonly scope: string | null
  }[]
  /** Absent where the mail is no feedback report. */
  readonly complaintFeedbackType?: string
  readonly token: 'valid' | 'invalid' | 'absent'
}

/** Verifies token candidates; true for one that is ours and young enough. */
export type VerifyToken = (token: string) => boolean

/** @param key the sealer's `deriveKey('return path')`; without one no token is valid. */
export function tokenVerifier(key: Buffer | undefined, now: number): VerifyToken {
  if (key === undefined) return () => false
  const tokens = openReturnPathTokens(key)
  return (token) => tokens.verify(token, now) !== undefined
}

/** Never throws. */
export async function explainFeedback(bytes: Buffer, verify: VerifyToken): Promise<FeedbackExplanation> {
  const { kind, recipients, feedbackType, tokens } = await readFeedback(bytes)
  return {
    kind,
    recipients: recipients.map(({ address, action, status, diagnosticCode, bounceType, bounceSubType, scope }) => ({
      address: address === '' ? null : address,
      action: action ?? null,
      status: status ?? null,
      diagnosticCode: diagnosticCode ?? null,
      bounceType: bounceType ?? null,
      bounceSubType: bounceSubType ?? null,
      scope: scope ?? null,
    })),
    ...(feedbackType === undefined ? {} : { complaintFeedbackType: feedbackType }),
    token: tokens.length === 0 ? 'absent' : tokens.some(verify) ? 'valid' : 'invalid',
  }
}
