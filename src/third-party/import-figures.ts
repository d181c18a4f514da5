// Takes figures that an operator brings: judges each line by itself, and records those that can be used.
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import { countedProviders } from '../resources/delivery-counts.ts'
import { figureDaysKept } from '../resources/limits.ts'
import { tenants } from '../resources/tenants.ts'
import type { FigureSubject, SourceFigure } from '../resources/third-party-figures.ts'
import type { Store } from '../storage/store.ts'
import { addDays, dayOf } from './days.ts'
import { countDaysKept } from './limits.ts'
import { type GivenFigure, parseFigures } from './parse-figures.ts'
import { recordFigures, type Recorded } from './record-figures.ts'

/** What became of the lines. */
export interface ImportedFigures extends Recorded {
  readonly failed: readonly { readonly line: number; readonly reason: string }[]
}

/** Records the good lines, durable when it resolves; a file may be given again. @throws StoreUnavailable */
export async function importFigures(store: Pick<Store, 'get' | 'commit'>, now: number, body: Buffer): Promise<ImportedFigures | Refusal> {
  const lines = parseFigures(body.toString('utf8'))
  if ('fault' in lines) return refuse('InvalidRequest', { text: lines.fault })
  const figures: SourceFigure[] = []
  const failed: { line: number; reason: string }[] = []
  for (const { line, given } of lines) {
    const figure = 'fault' in given ? given : await judge(store, given, dayOf(now))
    if ('fault' in figure) failed.push({ line, reason: figure.fault })
    else figures.push(figure)
  }
  const recorded = await recordFigures(store, now, figures)
  return isRefusal(recorded) ? recorded : { ...recorded, failed }
}

async function judge(store: Pick<Store, 'get'>, given: GivenFigure, today: string): Promise<SourceFigure | { readonly fault: string }> {
  const { provider, by, day, sent, complaints, rate } = given
  // Somewhere it is tomorrow already.
  if (day > addDays(today, 1)) return { fault: 'The day has not come yet.' }
  if (day < addDays(today, -figureDaysKept)) return { fault: `The day is more than ${figureDaysKept} days ago, and older figures are not kept.` }
  const subject = await subjectOf(store, by)
  if ('fault' in subject) return subject
  if (by.kind !== 'tenant') {
    if (!countedProviders.has(provider))
      return { fault: `Whose mail it was is known for ${[...countedProviders].join(', ')} only. For other providers give the tenant.` }
    if (day < addDays(today, -countDaysKept)) return { fault: `Whose mail it was is known for ${countDaysKept} days only. Give the tenant.` }
  }
  return { source: 'import', key: `${provider} ${by.kind} ${by.name}`, provider, day, subject, sent, complaints, rate }
}

async function subjectOf(store: Pick<Store, 'get'>, { kind, name }: GivenFigure['by']): Promise<FigureSubject | { readonly fault: string }> {
  if (kind === 'domain') return { kind, domain: name }
  if (kind === 'ip') return { kind: 'address', address: name }
  const tenant = await store.get(tenants, name)
  return tenant ? { kind, tenantName: name, tenantId: tenant.value.id } : { fault: `The tenant ${name.slice(0, 100)} does not exist.` }
}
