// Reads submitted MIME bytes once: line ends, header, tree of parts; and refuses what SES refuses about their form.
// Leaves to whom: addresses are judged by read-submission.ts, after the tenant; rewriting belongs to render.ts.
import { type HeaderField, parseHeader } from '../mail/header-fields.ts'
import { headerBytesMax } from '../mail/limits.ts'
import { toLines } from '../mail/lines.ts'
import { eachPart, isHeaderTooLong, type MimePart, parseParts } from '../mail/mime-parts.ts'
import { isMimeFault } from '../mail/normalise.ts'
import { type Refusal, refuse } from '../model/refusal.ts'
import { isBlockedName } from './blocked-extensions.ts'
import { checkFields } from './header-rules.ts'
import type { IntakeLimits } from './limits.ts'

/** A message as submitted, with CRLF line ends. */
export interface RawMessage {
  readonly fields: readonly HeaderField[]
  readonly root: MimePart
  /** Nothing is to be re-encoded. */
  readonly plain: boolean
}

/** Reads and judges the form. */
export function readRaw(bytes: Uint8Array, limits: IntakeLimits): RawMessage | Refusal {
  if (bytes.length > limits.messageBytesMax) return refuse('MessageTooLarge', { bytesMax: limits.messageBytesMax })
  const lines = toLines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (isHeaderTooLong(lines.bytes)) return refuse('InvalidRequest', { text: `The header of the message is larger than ${headerBytesMax} bytes.` })
  const { fields, bodyStart, malformedLine } = parseHeader(lines.bytes)
  if (malformedLine !== undefined) return refuse('InvalidRequest', { text: `Malformed header line '${malformedLine.replace(/[^ -~]/g, '?').slice(0, 100)}'.` })
  const refusal = checkFields(fields, limits.receivedMax)
  if (refusal) return refusal
  const root = parseParts(fields, undefined, lines.bytes.subarray(bodyStart), limits.mimePartsMax)
  if (isMimeFault(root)) return refuse('InvalidRequest', { text: root.fault })
  const illegal = illegalName(root)
  if (illegal !== undefined) return refuse('InvalidRequest', { text: `Illegal filename '${illegal.replace(/[^ -~]/g, '?').slice(0, 100)}'.` })
  return { fields, root, plain: lines.plain }
}

function illegalName(root: MimePart): string | undefined {
  for (const part of eachPart(root)) {
    const name = part.fileNames.find(isBlockedName)
    if (name !== undefined) return name
  }
  return undefined
}
