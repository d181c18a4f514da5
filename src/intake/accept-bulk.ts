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
import { unverifiedRecipients } from './sandbox-recipients.ts'
import { commitPrepared } from './spool.ts'
import { RendererUnavailable } from './template-renderer.ts'

/** What became of one entry. */
export type BulkResult = { readonly messageId: string } | Refusal

/** Accepts the entries; durable where a result has an id. A refusal of the whole leaves no trace. */
export async function acceptBulk(parts: AcceptParts, { shared, entries }: BulkSubmission): Promise<readonly BulkResult[] | Refusal> {
  // A stand-in recipient and no Reply-To: what is refused here is the sender's.
  const standIn: Submission = { ...shared, replyTo: [], destination: { to: [`postmaster@${parts.hostname}`], cc: [], bcc: [] }, envelopeRecipients: undefined }
  try {
    const admitted = await admit(parts, standIn, true)
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
    if (parts.allowance?.isInSandbox(admitted.used.account)) await refuseStrangers(parts, requests)
    return await acceptAll(parts, admitted.used, shared.content.dataText, { requests, dataTexts: entries.map(({ dataText }) => dataText) })
  } catch (fault) {
    if (isTemporary(fault)) return refuse('ServiceUnavailable')
    throw fault
  }
}

/** In the sandbox: what the gate asks of a single message's recipients, entry by entry. */
async function refuseStrangers({ store, home, hostname }: AcceptParts, requests: (SendRequest | Refusal)[]): Promise<void> {
  for (const [index, request] of requests.entries()) {
    if (isRefusal(request)) continue
    const strangers = await unverifiedRecipients(store, hostname, request.recipients)
    if (strangers.length > 0) requests[index] = refuse('IdentityNotVerified', { region: home.region.toUpperCase(), identities: strangers.join(', ') })
  }
}

/** Takes of the account's allowance entry by entry; the first that fit go, and what was not accepted in the end does not count. */
async function acceptAll(
  parts: AcceptParts,
  used: UsedRecords,
  defaultDataText: string,
  { requests, dataTexts }: { requests: readonly (SendRequest | Refusal)[]; dataTexts: readonly string[] },
): Promise<readonly BulkResult[]> {
  const { allowance, clock } = parts
  const takenAt = clock.now()
  const taken = requests.map((request) => (isRefusal(request) ? request : (allowance?.take(request.recipients, used.account, takenAt) ?? 0)))
  const allowed = requests.map((request, index) => {
    const part = taken[index]
    return isRefusal(part) ? part : request
  })
  let results: readonly BulkResult[] = []
  try {
    results = await acceptAllowed(parts, used, defaultDataText, { requests: allowed, dataTexts })
  } finally {
    for (const [index, part] of taken.entries()) {
      const result = results[index]
      if (!isRefusal(part) && part > 0 && (result === undefined || isRefusal(result))) allowance?.giveBack(part, takenAt)
    }
  }
  return results
}

async function acceptAllowed(
  parts: AcceptParts,
  used: UsedRecords,
  defaultDataText: string,
  { requests, dataTexts }: { requests: readonly (SendRequest | Refusal)[]; dataTexts: readonly string[] },
): Promise<readonly BulkResult[]> {
  const results: (BulkResult | undefined)[] = requests.map((request) => (isRefusal(request) ? request : undefined))
  const batch = new Batch(parts, results)
  // The thread answers as many as it has time for; what is asked follows that, so that the rest is not handed over again and again.
  let asked = requests.length
  let left = requests.flatMap((request, index) => (isRefusal(request) ? [] : [{ request, index }]))
  try {
    while (left.length > 0) {
      const [first] = left
      const { content } = first?.request.submission ?? {}
      if (!first || content?.kind !== 'template') throw new Error('a bulk entry without template')
      const work = { template: templateText(content, used), defaultDataText, dataTexts: left.slice(0, asked).map(({ index }) => dataTexts[index] ?? '') }
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
      asked = 2 * Math.max(done.length, 1)
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
    const refusals = await commitPrepared(
      this.#parts,
      waiting.map(({ composed }) => composed.prepared),
    )
    this.committed = true
    for (const [position, { index, composed }] of waiting.entries()) {
      const refusal = refusals[position]
      this.#results[index] = refusal ?? { messageId: composed.messageId }
    }
  }
}

function isTemporary(fault: unknown): boolean {
  return fault instanceof StoreUnavailable || fault instanceof RendererUnavailable
}

/** What the gate judged once must hold for every entry: its own headers may not name another tenant, set, list or sender. */
function judgeEntry(own: SendRequest, judged: SendRequest): Refusal | undefined {
  const same =
    own.tenantName === judged.tenantName &&
    own.configurationSetName === judged.configurationSetName &&
    own.list?.contactListName === judged.list?.contactListName &&
    own.list?.topicName === judged.list?.topicName &&
    own.shown.every((address) => judged.shown.includes(address))
  return same ? undefined : refuse('InvalidRequest', { text: 'The headers of an entry cannot name another tenant, configuration set, contact list or sender.' })
}

function joinHeaders(shared: SimpleContent['headers'], own: SimpleContent['headers']): SimpleContent['headers'] {
  const replaced = new Set(own.map(({ name }) => name.toLowerCase()))
  return [...shared.filter(({ name }) => !replaced.has(name.toLowerCase())), ...own]
}

function joinTags(shared: readonly MessageTag[], own: readonly MessageTag[]): readonly MessageTag[] {
  const replaced = new Set(own.map(({ name }) => name))
  return [...shared.filter(({ name }) => !replaced.has(name)), ...own]
}
