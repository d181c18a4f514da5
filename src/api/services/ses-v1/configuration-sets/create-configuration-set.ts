// CreateConfigurationSet: a bare one; its options have calls of their own in v1.
import { createConfigurationSet as create } from '../../ses/configuration-sets/create-configuration-set.ts'
import type { V1Operation } from '../operation.ts'

export const createConfigurationSet: V1Operation<'CreateConfigurationSet'> = (input, call, parts) =>
  create({ ConfigurationSetName: input.ConfigurationSet?.Name }, call, parts)
