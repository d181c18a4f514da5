// Which feedback was taken: one mark for each message, recipient and kind, written in the commit of its event, so that a report that is
// repeated by its sender, after a crash of ours, or by a stranger who saw it changes nothing. Keys begin with the message id, and that with
// the time of the send, so marks lie in the order in which their tokens expire.
import { isRefusal, type Refusal } from '../model/refusal.ts'
import { mintMessageId } from '../model/message-id.ts'
import { returnPathLifeMs } from '../mail/return-path.ts'
import { commitDecision } from '../resources/commit-record.ts'
import { type Change, collection, compositeKey, type Store } from '../storage/store.ts'
import { marksBatch } from './limits.ts'

/** What one recipient can report about one message once each. */
export type FeedbackMark = 'bounce' | 'complaint' | 'delay'

/** The marks; key is `feedbackMarkKey`. */
export const feedbackMarks = collection<{ readonly at: number }>('feedback-mark')

/** Where the mark is kept. */
export function feedbackMarkKey({ messageId, recipientIndex }: { readonly messageId: string; readonly recipientIndex: number }, mark: FeedbackMark): string {
  return compositeKey(messageId, String(recipientIndex), mark)
}

/** Forgets marks whose tokens are expired, in small steps. @throws StoreUnavailable */
export async function forgetFeedback(store: Pick<Store, 'list' | 'commit'>, now: number): Promise<void> {
  // A day more than the tokens live, so that no clock that is set back finds a token without its mark.
  const before = mintMessageId(Math.max(0, now - returnPathLifeMs - dayMs), '').slice(0, timeCharacters)
  const step = async () => {
    const old = (await store.list(feedbackMarks, { limit: marksBatch })).filter(({ key }) => key.slice(0, timeCharacters) < before)
    return { answer: old.length === marksBatch, changes: old.map(({ key }): Change => ({ type: 'remove', collection: feedbackMarks, key })) }
  }
  for (let more = true; more; ) {
    const result: boolean | Refusal = await commitDecision(store, step)
    more = !isRefusal(result) && result
  }
}

const dayMs = 86_400_000
const timeCharacters = 16 // Of a message id: region and time.
