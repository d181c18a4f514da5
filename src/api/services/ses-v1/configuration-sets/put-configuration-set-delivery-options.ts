// PutConfigurationSetDeliveryOptions: v1 knows the TLS policy only; pool and time of delivery stay as they are.
import { editConfigurationSet } from '../../ses/configuration-sets/edit-configuration-set.ts'
import type { V1Operation } from '../operation.ts'
import { v2Spelling } from '../v1-spelling.ts'

export const putConfigurationSetDeliveryOptions: V1Operation<'PutConfigurationSetDeliveryOptions'> = (input, _call, { store }) =>
  editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    const policy = input.DeliveryOptions?.TlsPolicy
    const { poolName, maxDeliverySeconds } = set.delivery ?? {}
    return { ...set, delivery: { tlsPolicy: policy && v2Spelling<'REQUIRE' | 'OPTIONAL'>(policy), poolName, maxDeliverySeconds } }
  })
