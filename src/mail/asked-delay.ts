// The wait that a reply names ("Greylisted for 5 minutes", "try again in 300 seconds", "come back in 00:04:59"). Pure.
import { askedDelayMsMax } from './limits.ts'

/** On top of what was asked: clocks differ, and a second too early costs another round. */
const marginMs = 10_000
const cue =
  '(?:gr[ea]y-?list\\w*|retry|try(?:ing)?(?: it| your message)? (?:again|later)|again|wait|back|resend|deferred|delayed?|blocked|limited|suspended|locked|spater|erneut|reessay\\w*|ressay\\w*|intent\\w*|tent\\w*|riprov\\w*|opnieuw|ponownie)'
const spelled = new RegExp(
  `${cue}\\D{0,40}?(\\d{1,6})(?:\\.\\d+)?\\s*(ms|s|secs?|seconds?|sekunden?|secondes?|segundos?|secondi|seconden|sekund\\w*|m|mins?|minutes?|minuten?|minutos?|minuti|minut\\w*|h|hrs?|hours?|stunden?|heures?|horas?|ore|uur|godzin\\w*)\\b`,
)
const further = /^\D{0,8}(\d{1,4})\s*(s|secs?|seconds?|m|mins?|minutes?)\b/
const clockForm = new RegExp(`${cue}\\D{0,40}?(\\d{1,3}):(\\d\\d)(?::(\\d\\d))?\\b`)
const before = /(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)\b[^.]{0,30}(?:before (?:retry|try|send|resend)|then (?:try|retry))/

/** @param text of a reply, in lower case. @returns milliseconds with a margin, at most `askedDelayMsMax`; 0 when it names none. */
export function askedDelayMs(text: string): number {
  // Nearly all replies name none: one cheap look spares them three patterns.
  if (!/\d/.test(text)) return 0
  const clock = clockForm.exec(text)
  if (clock) {
    const [first, second, third] = [Number(clock[1]), Number(clock[2]), clock[3]]
    return bounded(third === undefined ? (first * 60 + second) * 1_000 : ((first * 60 + second) * 60 + Number(third)) * 1_000)
  }
  const match = spelled.exec(text) ?? before.exec(text)
  if (!match) return 0
  // `1 hour(s) 25 minute(s)`.
  const more = further.exec(text.slice(match.index + match[0].length))
  return bounded(Number(match[1]) * unitMs(match[2] ?? '') + Number(more?.[1] ?? 0) * unitMs(more?.[2] ?? ''))
}

function unitMs(unit: string): number {
  if (unit === 'ms') return 1
  if (/^(?:h|stund|heure|hora|ore|uur|godzin)/.test(unit)) return 3_600_000
  return unit.startsWith('m') ? 60_000 : 1_000
}

function bounded(ms: number): number {
  return ms === 0 ? 0 : Math.min(ms + marginMs, askedDelayMsMax)
}
