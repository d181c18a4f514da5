// PutConfigurationSetVdmOptions: replaces the whole group; nothing given clears it.
import type { Operation } from '../../../operation.ts'
import { readVdm } from './configuration-set-wire.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetVdmOptions: Operation<'PutConfigurationSetVdmOptions'> = (input, _call, { store }) =>
  editConfigurationSet(store, input.ConfigurationSetName, (set) => ({ ...set, vdm: input.VdmOptions && readVdm(input.VdmOptions) }))
