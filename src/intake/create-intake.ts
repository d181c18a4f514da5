// Puts the intake road together for the root.
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Random } from '../kit/random.ts'
import type { Home } from '../model/arn.ts'
import type { BulkSubmission, Submission } from '../model/message.ts'
import type { Refusal } from '../model/refusal.ts'
import { isRefusal } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import { type AcceptParts, acceptMessage } from './accept-message.ts'
import { acceptBulk, type BulkResult } from './accept-bulk.ts'
import { acceptSystemMessage, type SystemMessage } from './accept-system-message.ts'
import type { HandOver } from './hand-over.ts'
import { type IntakeLimits, intakeLimits } from './limits.ts'
import { TemplateRenderer } from './template-renderer.ts'

/** The way in for every door. */
export interface Intake {
  /** Durable when it answers an id. Not safe to repeat: each call is a message of its own. */
  acceptMessage(submission: Submission): Promise<{ messageId: string } | Refusal>
  /** One template to many: a refusal of the whole, or a result for each entry in order. What a result says is accepted is durable. */
  acceptBulk(submission: BulkSubmission): Promise<readonly BulkResult[] | Refusal>
  /** The render thread, for looks at templates. */
  readonly templates: Pick<TemplateRenderer, 'check' | 'render'>
  /** Ends the render thread. Repeatable. */
  close(): Promise<void>
  /** A notice of ours; durable when it resolves. @throws StoreUnavailable, or TypeError for an address that is none. */
  acceptSystemMessage(notice: SystemMessage): Promise<{ messageId: string }>
}

/** @param limits smaller maxima than SES's. */
export function createIntake(parts: {
  store: Pick<Store, 'get' | 'commit' | 'mintQueueId'>
  clock: Clock
  random: Random
  log: Log
  home: Home
  hostname: string
  handOver: HandOver
  /** Makes the public link to the page where a reader unsubscribes. */
  unsubscribeUrl: AcceptParts['unsubscribeUrl']
  unsubscribeAddress?: AcceptParts['unsubscribeAddress']
  tracking?: AcceptParts['tracking']
  allowance?: AcceptParts['allowance']
  /** Called when the mailbox simulator has something to report. */
  simulated?: AcceptParts['simulated']
  limits?: Partial<IntakeLimits>
}): Intake {
  const { log, limits, ...rest } = parts
  const renderer = new TemplateRenderer({ clock: rest.clock, log })
  const accept = { ...rest, renderer, limits: { ...intakeLimits, ...limits } }
  return {
    async acceptMessage(submission) {
      const answer = await acceptMessage(accept, submission)
      if (isRefusal(answer)) {
        const { name, message } = answer
        log.debug({ refusal: name, reason: message, caller: submission.principal.arn, door: submission.door }, 'a message was refused')
      }
      return answer
    },
    acceptBulk: (submission) => acceptBulk(accept, submission),
    templates: renderer,
    close: () => renderer.close(),
    acceptSystemMessage: (notice) => acceptSystemMessage(accept, notice),
  }
}
