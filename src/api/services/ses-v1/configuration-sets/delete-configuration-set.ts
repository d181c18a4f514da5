// DeleteConfigurationSet.
import { deleteConfigurationSet as remove } from '../../ses/configuration-sets/delete-configuration-set.ts'
import type { V1Operation } from '../operation.ts'

export const deleteConfigurationSet: V1Operation<'DeleteConfigurationSet'> = (input, call, parts) => remove(input, call, parts)
