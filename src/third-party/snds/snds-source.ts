// Microsoft's figures by address, day by day, by whichever way the operator has.
import { figureKey, type SourceFigure } from '../../resources/third-party-figures.ts'
import { type SourceAnswer, statusFault } from '../ask.ts'
import { daysOf } from '../days.ts'
import { type FigureSource, SourceFault } from '../figure-source.ts'
import { parseSnds, type SndsRow } from './parse-snds.ts'

const name = 'snds'

interface Parts {
  /** For people. */
  readonly host: string
  readonly askFor: (day: string, signal: AbortSignal) => Promise<SourceAnswer>
}

/** The source. */
export function sndsSource({ host, askFor }: Parts): FigureSource {
  return {
    name,
    async *fetch(span, signal) {
      let badLines = 0
      let missing: SourceAnswer | undefined
      let hasAnswered = false
      const told = new Set<string>()
      for (const day of daysOf(span)) {
        const answer = await askFor(day, signal)
        // A day that is not there yet, unless no day is: then it is the wrong place.
        if (answer.status === 404) {
          missing = answer
          continue
        }
        hasAnswered = true
        if (answer.status === 204) continue
        if (answer.status !== 200) throw statusFault(host, answer, 'the figures of a day')
        const read = parseSnds(answer.text)
        if ('fault' in read) throw new SourceFault(`${host} answered ${read.fault}`)
        badLines += read.badLines
        // A day that is not there yet may be answered with another one.
        const figures = read.rows.map(figureOf).filter((figure) => figure.day <= span.to && !told.has(figureKey(figure)))
        for (const figure of figures) told.add(figureKey(figure))
        yield figures
      }
      if (missing && !hasAnswered) throw statusFault(host, missing, 'the figures of a day')
      return badLines > 0 ? `${badLines} lines of ${host} could not be read.` : undefined
    },
  }
}

function figureOf({ address, day, recipients, rate, rateBelow, filterResult, trapHits }: SndsRow): SourceFigure {
  const subject = { kind: 'address', address } as const
  return {
    source: name,
    key: `ip ${address}`,
    provider: 'microsoft',
    day,
    subject,
    sent: recipients,
    complaints: undefined,
    rate,
    rateBelow,
    filterResult,
    trapHits,
  }
}
