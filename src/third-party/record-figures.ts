// Takes figures in: each is attributed as far as it can be at once, and written with what it says of its tenants in one commit. What was told
// before in the same words is left as it is, so asking again for the same days writes nothing.
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import { commitDecision } from '../resources/commit-record.ts'
import { countedProviders } from '../resources/delivery-counts.ts'
import { figuresOfDayMax } from '../resources/limits.ts'
import {
  figureChanges,
  figureDays,
  figureKey,
  type FigurePart,
  type SourceFigure,
  type ThirdPartyFigure,
  thirdPartyFigures,
} from '../resources/third-party-figures.ts'
import type { Change, Store } from '../storage/store.ts'
import { figuresPerCommit } from './limits.ts'

/** How many figures were new or changed, and how many were known already. */
export interface Recorded {
  readonly recorded: number
  readonly unchanged: number
}

/**
 * Records figures, a hundred in a commit; durable when it resolves. Of two with one source, key and day the later counts.
 * @returns LimitExceeded when a day has too many; what came before in the list is recorded. @throws StoreUnavailable
 */
export async function recordFigures(store: Pick<Store, 'get' | 'commit'>, now: number, figures: readonly SourceFigure[]): Promise<Recorded | Refusal> {
  const latest = [...new Map(figures.map((figure) => [figureKey(figure), figure])).values()]
  let recorded = 0
  for (let from = 0; from < latest.length; from += figuresPerCommit) {
    const result = await commitDecision(store, () => decide(store, now, latest.slice(from, from + figuresPerCommit)))
    if (isRefusal(result)) return result
    recorded += result
  }
  return { recorded, unchanged: latest.length - recorded }
}

async function decide(store: Pick<Store, 'get'>, now: number, figures: readonly SourceFigure[]) {
  const changes: Change[] = []
  const added = new Map<string, number>()
  let recorded = 0
  for (const figure of figures) {
    const before = await store.get(thirdPartyFigures, figureKey(figure))
    if (before && isSame(before.value, figure)) continue
    const { parts, pending } = attributeAtOnce(figure)
    changes.push(...figureChanges(before, { ...figure, recordedAt: now, parts }, pending))
    recorded++
    if (!before) added.set(figure.day, (added.get(figure.day) ?? 0) + 1)
  }
  for (const [day, count] of added) {
    const before = await store.get(figureDays, day)
    const value = { figures: (before?.value.figures ?? 0) + count }
    if (value.figures > figuresOfDayMax) return refuse('LimitExceeded', { text: `At most ${figuresOfDayMax} third-party figures of one day are kept.` })
    changes.push({ type: 'put', collection: figureDays, key: day, value, expect: before?.version ?? 'absent' })
  }
  return { changes, answer: recorded }
}

/** A tenant's own figure is its own; whose mail an address or a domain sent is known when its day is counted, and so is a volume that nobody told. */
function attributeAtOnce({ subject, provider, sent }: SourceFigure): { parts: readonly FigurePart[]; pending: boolean } {
  const isCounted = countedProviders.has(provider)
  if (subject.kind === 'other') return { parts: [], pending: false }
  if (subject.kind !== 'tenant') return { parts: [], pending: isCounted }
  const { tenantName, tenantId } = subject
  return { parts: [{ tenantName, tenantId, share: 1, sent: undefined }], pending: isCounted && sent === undefined }
}

function isSame(one: ThirdPartyFigure, other: SourceFigure): boolean {
  const said = ({ provider, subject, sent, complaints, rate, rateBelow, filterResult, trapHits }: SourceFigure) =>
    JSON.stringify([
      provider,
      Object.entries(subject).sort(),
      sent ?? null,
      complaints ?? null,
      rate ?? null,
      rateBelow ?? null,
      filterResult ?? null,
      trapHits ?? null,
    ])
  return said(one) === said(other)
}
