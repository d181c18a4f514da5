// What the registries offer now, as `service.Operation`: whatever is added to them must be visited.
import { createQueryServices } from '../../src/api/query-services.ts'
import * as offeredV2 from '../../src/api/services/ses/index.ts'

const v2 = Object.keys(offeredV2).map((name) => `sesv2.${name.charAt(0).toUpperCase()}${name.slice(1)}`)
const query = createQueryServices().map((service) => [...service.offered.keys()])

/** By service. */
export const offeredOperations = {
  sesv2: v2,
  ses: (query[0] ?? []).map((name) => `ses.${name}`),
  sts: (query[1] ?? []).map((name) => `sts.${name}`),
}
