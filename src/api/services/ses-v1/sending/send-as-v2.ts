// Sends of v1 take the way of v2: the same reading, the same intake; only the operation's name, which permissions and the tag
// `ses:operation` are about, and the smaller size are its own.
import type { MessageTag } from '@aws-sdk/client-ses'
import { type Refusal, refuse } from '../../../../model/refusal.ts'
import type { Parts } from '../../../operation.ts'
import { messageBytesMax } from './limits.ts'

/** Members that all sends of v1 have. */
interface V1Send {
  readonly ReturnPath?: string | undefined
  readonly ReturnPathArn?: string | undefined
  readonly SourceArn?: string | undefined
  readonly Tags?: MessageTag[] | undefined
  readonly ConfigurationSetName?: string | undefined
}

/** The same members as v2 names them. */
export function sharedMembers({ ReturnPath, ReturnPathArn, SourceArn, Tags, ConfigurationSetName }: V1Send) {
  return {
    FromEmailAddressIdentityArn: SourceArn,
    FeedbackForwardingEmailAddress: ReturnPath,
    FeedbackForwardingEmailAddressIdentityArn: ReturnPathArn,
    EmailTags: Tags,
    ConfigurationSetName,
  }
}

/** Parts whose intake knows the message under the name of a v1 operation. */
export function partsFor(operation: string, parts: Parts): Parts {
  return {
    ...parts,
    acceptMessage: (submission) => parts.acceptMessage({ ...submission, operation }),
    acceptBulk: (submission) => parts.acceptBulk({ ...submission, shared: { ...submission.shared, operation } }),
  }
}

/** The refusal of content that v1 does not take; undefined when it does. */
export function judgeSize(bytes: number): Refusal | undefined {
  return bytes > messageBytesMax ? refuse('MessageTooLarge', { bytesMax: messageBytesMax }) : undefined
}
