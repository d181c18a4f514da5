// ExplainShaping: what a destination is given, by which rule, and what replies made of it.
import { refuse } from '../../../../model/refusal.ts'
import { domainToASCII } from 'node:url'
import type { OwnOperation } from '../../../own-operation.ts'

/** GET /bulkhead/v1/shaping?Recipient=&Address= */
export const explainShaping: OwnOperation = {
  name: 'ExplainShaping',
  method: 'GET',
  path: '/bulkhead/v1/shaping',
  async handle({ query }, _call, { explainShaping, egress }) {
    const recipient = query.get('Recipient') ?? ''
    const domain = domainToASCII(recipient.slice(recipient.lastIndexOf('@') + 1))
    // A name without a dot is a slip far more often than a host of the network.
    if (!/[@.]/.test(recipient))
      return refuse('InvalidRequest', { text: `Recipient must be an address or a domain: <${recipient.slice(0, 64)}> has neither @ nor a dot.` })
    if (domain === '' || domain.length > 253) return refuse('InvalidRequest', { text: 'Recipient must be an address or a domain.' })
    const address = query.get('Address')
    if (address !== undefined && !egress.includes(address))
      return refuse('InvalidRequest', { text: 'Address (`--ip`) must be one of the sending addresses of this service; `bulkhead ips` lists them.' })
    return explainShaping(domain, address ?? egress[0])
  },
}
