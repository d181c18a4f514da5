// GetReputationEntity.
import { isRefusal } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { wireReputationEntity } from '../tenants/tenant-wire.ts'
import { findEntity } from './find-entity.ts'

export const getReputationEntity: Operation<'GetReputationEntity'> = async (input, _call, { store, home }) => {
  const entity = await findEntity(store, home, input, 'NotFound')
  return isRefusal(entity) ? entity : { ReputationEntity: wireReputationEntity(home, entity.value) }
}
