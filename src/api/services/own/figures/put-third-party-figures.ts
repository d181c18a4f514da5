// PutThirdPartyFigures: complaint figures that a mailbox provider told the operator, as JSON lines or CSV.
import type { PutThirdPartyFiguresAnswer } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { importFigures } from '../../../../third-party/import-figures.ts'
import type { OwnOperation } from '../../../own-operation.ts'

/** POST /bulkhead/v1/third-party-figures */
export const putThirdPartyFigures: OwnOperation = {
  name: 'PutThirdPartyFigures',
  method: 'POST',
  path: '/bulkhead/v1/third-party-figures',
  async handle({ body }, _call, { store, clock }): Promise<PutThirdPartyFiguresAnswer | Refusal> {
    const result = await importFigures(store, clock.now(), body)
    if (isRefusal(result)) return result
    const { recorded, unchanged, failed } = result
    return { Recorded: recorded, Unchanged: unchanged, Failed: failed.map(({ line, reason }) => ({ Line: line, Reason: reason })) }
  },
}
