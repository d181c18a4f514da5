// Whole numbers in the query of own operations, with the fault texts of the SES lists.
import { type Refusal, refuse } from '../../../model/refusal.ts'

/** The parameter as a number, `absent` when it is not given, or the refusal. */
export function readNumber(
  query: ReadonlyMap<string, string>,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly absent: number },
): number | Refusal {
  const text = query.get(name)
  if (text === undefined) return bounds.absent
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text)) return refuse('WrongJsonType', { text: `'${text.slice(0, 64)}' can not be converted to Integer` })
  if (value >= bounds.min && value <= bounds.max) return value
  const [word, bound] = value < bounds.min ? ['greater', bounds.min] : ['less', bounds.max]
  const member = name.charAt(0).toLowerCase() + name.slice(1)
  return refuse('InvalidRequest', {
    text: `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${word} than or equal to ${bound}`,
  })
}
