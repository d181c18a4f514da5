// What a source of figures looks like to the road: it is asked for a span of days and tells figures in pieces; what is wrong it throws.
import type { SourceFigure } from '../resources/third-party-figures.ts'
import type { DaySpan } from './days.ts'

/** One source. */
export interface FigureSource {
  readonly name: string
  /**
   * Figures in pieces; ends with what could not be had although the rest could, for people, or undefined.
   * @throws SourceFault nothing more can be had now.
   */
  fetch(span: DaySpan, signal: AbortSignal): AsyncGenerator<readonly SourceFigure[], string | undefined>
}

/** Why a source cannot be read now. The message is for people and holds no secret. */
export class SourceFault extends Error {
  override readonly name = 'SourceFault'
  /** The source asked for a pause. */
  readonly retryAfterMs: number | undefined
  constructor(message: string, { retryAfterMs, cause }: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause })
    this.retryAfterMs = retryAfterMs
  }
}
