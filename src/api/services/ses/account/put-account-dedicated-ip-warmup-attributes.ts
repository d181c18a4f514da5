// PutAccountDedicatedIpWarmupAttributes. Absent means false.
import type { Operation } from '../../../operation.ts'
import { editAccount } from './edit-account.ts'

export const putAccountDedicatedIpWarmupAttributes: Operation<'PutAccountDedicatedIpWarmupAttributes'> = (input, _call, { store }) =>
  editAccount(store, { dedicatedIpAutoWarmup: input.AutoWarmupEnabled ?? false })
