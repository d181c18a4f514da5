// PutAccountVdmAttributes: kept and shown. Metrics and insights answer whether it is on or not.
import type { Operation } from '../../../operation.ts'
import { readVdm } from '../configuration-sets/configuration-set-wire.ts'
import { editAccount } from './edit-account.ts'

export const putAccountVdmAttributes: Operation<'PutAccountVdmAttributes'> = async (input, _call, { store }) => {
  const { VdmEnabled: enabled = 'DISABLED', DashboardAttributes, GuardianAttributes } = input.VdmAttributes ?? {}
  const options = {
    ...(DashboardAttributes ? { DashboardOptions: DashboardAttributes } : {}),
    ...(GuardianAttributes ? { GuardianOptions: GuardianAttributes } : {}),
  }
  return editAccount(store, { vdm: { enabled, ...readVdm(options) } })
}
