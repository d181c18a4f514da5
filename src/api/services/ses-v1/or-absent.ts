// v1 forgives the deletion of what is not there, where v2 answers 404.
import { isRefusal, type Refusal } from '../../../model/refusal.ts'

/** The answer of a deletion of v2, as v1 gives it. */
export function orAbsent(answer: object | Refusal): Record<string, never> | Refusal {
  return isRefusal(answer) && answer.row.exception !== 'NotFoundException' ? answer : {}
}
