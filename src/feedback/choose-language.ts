// Which language a page is in: the reader's choice on the page, else what the browser asks for (Accept-Language, RFC 9110 §12.5.4, matched by
// lookup as RFC 4647 §3.4 has it), else English.
import { acceptLanguageRangesMax } from './limits.ts'
import * as registry from './texts/index.ts'
import type { PageTexts } from './texts/page-texts.ts'

/** In the order of the choice on the page. */
export const languages: readonly PageTexts[] = Object.values(registry)
const byTag = new Map(languages.map((texts) => [texts.tag, texts]))

/**
 * @param chosen the `lang` of the page's address; what is no language of ours counts as absent.
 * @param accepted the field as it came; several fields are one list.
 */
export function chooseLanguage(chosen: string | undefined, accepted: string | readonly string[] | undefined): PageTexts {
  return lookUp(chosen ?? '') ?? preferred(typeof accepted === 'string' ? accepted : (accepted ?? []).join(',')) ?? registry.english
}

function preferred(field: string): PageTexts | undefined {
  const ranges = field
    .split(',', acceptLanguageRangesMax)
    .map((piece) => {
      const [range = '', ...parameters] = piece.split(';')
      return { range: range.trim(), weight: weightOf(parameters) }
    })
    .filter(({ weight }) => weight > 0)
    // The sort is stable: of equal weights the first counts.
    .sort((a, b) => b.weight - a.weight)
  for (const { range } of ranges) {
    const texts = range === '*' ? registry.english : lookUp(range)
    if (texts) return texts
  }
  return undefined
}

/** RFC 9110 §12.4.2; a weight that is none makes the range worthless. */
function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() === 'q') return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value.trim()) ? Number(value.trim()) : 0
  }
  return 1
}

/** From the whole range to its first subtag: `de-AT-1996` finds `de`. */
function lookUp(range: string): PageTexts | undefined {
  for (let rest = range.toLowerCase(); rest !== ''; rest = rest.slice(0, Math.max(rest.lastIndexOf('-'), 0))) {
    const texts = byTag.get(rest)
    if (texts) return texts
  }
  return undefined
}
