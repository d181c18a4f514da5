// One template to many recipients: steps 1 and 2 once, one compilation, and as many messages in one commit as its bound allows.
// Source: ses.md §8.3. What is wrong with one entry is that entry's result; what is wrong with the sender refuses the whole.
import { isTemplateFault } from '../mail/templates/template-data.ts'
import type { BulkSubmission, MessageTag, SimpleContent, Submission } from '../model/message.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import { StoreUnavailable } from '../storage/store.ts'
import { type AcceptParts, admit, compose, type Composed } from './accept-message.ts'
import { fill, templateText } from './fill-template.ts'
import type { UsedRecords } from './find-used.ts'
import { bulkCommitBytesMax } from './limits.ts'
import { readSubmission, type SendRequest } from './read-submission.ts'
import { commitPrepared } from './spool.ts'
import { RendererUnavailable } from './template-renderer.ts'

/** What became of one entry. */
export type BulkResult = { readonly messageId: string } | Refusal

/** Accepts the entries; durable where a result has an id. A refusal of the whole leaves no trace. */
export async function acceptBulk(parts: AcceptParts, { shared, entries }: BulkSubmission): Promise<readonly BulkResult[] | Refusal> {
  // A stand-in recipient and no Reply-To: what is refused here is the sender's.
  const standIn: Submission = { ...shared, replyTo: [], destination: { to: [`postmaster@${parts.hostname}`], cc: [], bcc: [] }, envelopeRecipients: undefined }
  try {
    const admitted = await admit(parts, standIn)
    if (isRefusal(admitted)) return admitted
    const requests = entries.map((entry) => {
      const { content } = shared
      const request = readSubmission(
        {
          ...shared,
          destination: entry.destination,
          envelopeRecipients: undefined,
          tags: joinTags(shared.tags ?? [], entry.tags),
          content: { ...content, headers: joinHeaders(content.headers, entry.headers) },
        },
        parts.limits,
      )
      if (isRefusal(request)) return request
      return judgeEntry(request, admitted.request) ?? request.addressFault ?? request
    })
    return await acceptAll(parts, admitted.used, shared.content.dataText, { requests, dataTexts: entries.map(({ dataText }) => dataText) })
  } catch (fault) {
    if (isTemporary(fault)) return refuse('ServiceUnavailable')
    throw fault
  }
}

async function acceptAll(
  parts: AcceptParts,
  used: UsedRecords,
  defaultDataText: string,
  { requests, dataTexts }: { requests: readonly (SendRequest | Refusal)[]; dataTexts: readonly string[] },
): Promise<readonly BulkResult[]> {
  const results: (BulkResult | undefined)[] = requests.map((request) => (isRefusal(request) ? request : undefined))
  const batch = new Batch(parts, results)
  let left = requests.flatMap((request, index) => (isRefusal(request) ? [] : [{ request, index }]))
  try {
    while (left.length > 0) {
      const [first] = left
      const { content } = first?.request.submission ?? {}
      if (!first || content?.kind !== 'template') throw new Error('a bulk entry without template')
      const work = { template: templateText(content, used), defaultDataText, dataTexts: left.map(({ index }) => dataTexts[index] ?? '') }
      const piece = await parts.renderer.render(first.request.tenantName, work)
      const done = isTemplateFault(piece) ? left.map(() => piece) : piece
      for (const [position, rendered] of done.entries()) {
        const entry = left[position]
        const own = entry?.request.submission.content
        if (!entry || own?.kind !== 'template') continue
        const composed = await compose(parts, fill(entry.request, own, used, rendered), used)
        if (isRefusal(composed)) results[entry.index] = composed
        else await batch.add(entry.index, composed)
      }
      left = left.slice(Math.max(done.length, 1))
    }
    await batch.commit()
  } catch (fault) {
    // After the first commit the client must not send everything again: the rest is told entry by entry.
    if (!isTemporary(fault) || !batch.committed) throw fault
  }
  return results.map((result) => result ?? refuse('ServiceUnavailable'))
}

/** Messages that share the next commit. */
class Batch {
  readonly #parts: AcceptParts
  readonly #results: (BulkResult | undefined)[]
  #waiting: { readonly index: number; readonly composed: Composed }[] = []
  #bytes = 0
  /** Something is durable. */
  committed = false

  constructor(parts: AcceptParts, results: (BulkResult | undefined)[]) {
    this.#parts = parts
    this.#results = results
  }

  async add(index: number, composed: Composed): Promise<void> {
    this.#waiting.push({ index, composed })
    this.#bytes += composed.bytes
    if (this.#bytes > bulkCommitBytesMax) await this.commit()
  }

  async commit(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    if (waiting.length === 0) return
    await commitPrepared(
      this.#parts,
      waiting.map(({ composed }) => composed.prepared),
    )
    this.committed = true
    for (const { index, composed } of waiting) {
      this.#parts.counted?.(composed.recipients)
      this.#results[index] = { messageId: composed.messageId }
    }
  }
}

function isTemporary(fault: unknown): boolean {
  return fault instanceof StoreUnavailable || fault instanceof RendererUnavailable
}

/** What the gate judged once must hold for every entry: its own headers may not name another tenant, set or sender. */
function judgeEntry(own: SendRequest, judged: SendRequest): Refusal | undefined {
  const same =
    own.tenantName === judged.tenantName &&
    own.configurationSetName === judged.configurationSetName &&
    own.shown.every((address) => judged.shown.includes(address))
  return same ? undefined : refuse('InvalidRequest', { text: 'The headers of an entry cannot name another tenant, configuration set or sender.' })
}

function joinHeaders(shared: SimpleContent['headers'], own: SimpleContent['headers']): SimpleContent['headers'] {
  const replaced = new Set(own.map(({ name }) => name.toLowerCase()))
  return [...shared.filter(({ name }) => !replaced.has(name.toLowerCase())), ...own]
}

function joinTags(shared: readonly MessageTag[], own: readonly MessageTag[]): readonly MessageTag[] {
  const replaced = new Set(own.map(({ name }) => name))
  return [...shared.filter(({ name }) => !replaced.has(name)), ...own]
}
