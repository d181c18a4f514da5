// ListIps: the sending addresses of this node with pool, EHLO name, warm-up, and what left by them today.
import type { OwnOperation } from '../../../own-operation.ts'
import { ipsAnswer } from './ip-wire.ts'

/** GET /bulkhead/v1/ips */
export const listIps: OwnOperation = {
  name: 'ListIps',
  method: 'GET',
  path: '/bulkhead/v1/ips',
  handle: (_request, _call, parts) => ipsAnswer(parts),
}
