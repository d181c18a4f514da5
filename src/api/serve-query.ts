// The road of one call in the query protocol: POST / with a form, or GET / with the same parameters in the query. The scope of the
// signature names the service, the parameter Action the operation. Everything is answered in XML, refusals too.
import { authorise } from '../access/authorise.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import type { Answer } from './answer.ts'
import { type Admitted, type Arrival, admit, callOf, signedRequestOf } from './arrival.ts'
import type { CallRates } from './call-rates.ts'
import { bodyBytesMax, formBodyBytesMax } from './limits.ts'
import type { Parts } from './operation.ts'
import { type FormNode, parseForm } from './protocols/form.ts'
import { queryRefusalAnswer } from './query-refusal.ts'
import type { QueryService } from './query-services.ts'
import type { BodyReader } from './read-body.ts'
import { claimedService } from './signature-claim.ts'
import type { SignatureCheck } from './sigv4.ts'

/** What the road is built from. */
export interface QueryRoad {
  readonly signatures: SignatureCheck
  readonly bodies: BodyReader
  readonly queryServices: readonly QueryService[]
  readonly parts: Parts
  /** Undefined: SES's operations may be called as often as one likes. */
  readonly callRates: CallRates | undefined
}

const sends = new Set(['SendBulkTemplatedEmail', 'SendEmail', 'SendRawEmail', 'SendTemplatedEmail'])

/** True when a request speaks the query protocol; calls in JSON to `/` name their operation in X-Amz-Target. */
export function isQueryCall({ request, path, query }: Arrival): boolean {
  if (path !== '/') return false
  if (request.method === 'GET') return /(^|&)Action=/.test(query)
  const type = request.headers['content-type'] ?? ''
  return request.method === 'POST' && request.headers['x-amz-target'] === undefined && /^application\/x-www-form-urlencoded\b/i.test(type)
}

/** Serves one; undefined when the other side went away. */
export async function answerQuery(road: QueryRoad, arrival: Arrival): Promise<Answer | undefined> {
  const refusing = (refusal: Refusal) => refuseQuery(road, arrival, refusal)
  const admitted = await admit(road, arrival, ({ service }) => (service === 'ses' ? formBodyBytesMax : bodyBytesMax))
  if (admitted === undefined) return undefined
  if (isRefusal(admitted)) return refusing(admitted)
  const { service: scope } = admitted.claim
  const service = road.queryServices.find((candidate) => candidate.scope === scope)
  if (!service) return refusing(refuse('ServiceNotOffered', { service: scope }))
  const form = parseForm(arrival.request.method === 'GET' ? arrival.query : admitted.body.toString())
  if (!form) return refusing(refuse('WrongJsonType', { text: 'The request has too many parameters.' }))
  return answerAction(road, arrival, admitted, service, form)
}

/** A refusal of a call whose service may not be known yet. */
export function refuseQuery({ queryServices }: Pick<QueryRoad, 'queryServices'>, arrival: Arrival, refusal: Refusal): Answer {
  const scope = claimedService(signedRequestOf(arrival))
  const service = queryServices.find((candidate) => candidate.scope === scope)
  return queryRefusalAnswer(refusal, arrival.requestId, { schema: service?.schema ?? { namespace: 'https://sts.amazonaws.com/doc/2011-06-15/', errors: [] } })
}

async function answerAction(road: QueryRoad, arrival: Arrival, { principal, body }: Admitted, service: QueryService, form: FormNode): Promise<Answer> {
  const text = (name: string) => form.children.get(name)?.text
  const [action, version = service.version] = [text('Action'), text('Version')]
  const operation = version === service.version ? service.operations.get(action ?? '') : undefined
  const refusing = (refusal: Refusal, input?: Record<string, unknown>) => ({
    ...queryRefusalAnswer(refusal, arrival.requestId, {
      schema: service.schema,
      ...(operation ? { action: operation.name } : {}),
      ...(input ? { input } : {}),
    }),
    ...(operation ? { operation: operation.name } : {}),
  })
  if (!action) return refusing(refuse('ActionMissing'))
  if (!operation) return refusing(refuse('ActionUnknown', { action: action.slice(0, 100), version: version.slice(0, 100) }))
  const denied = service.free.has(action) ? undefined : authorise(principal, `${service.scope}:${action}`, [])
  if (denied) return refusing(denied)
  const run = service.offered.get(action)
  if (!run) return refusing(refuse('OperationNotOffered', { operation: action, reason: service.notOffered.get(action) ?? 'it is not built' }))
  const throttled = service.scope === 'ses' ? road.callRates?.(action, 'v1') : undefined
  if (throttled) return refusing(throttled)
  if (body.length > bodyBytesMax && !sends.has(action)) return refusing(refuse('RequestTooLarge', { bytesMax: bodyBytesMax }))
  const { input, refusal } = operation.read(form)
  if (refusal) return refusing(refusal)
  const output = await run(input as never, callOf(arrival, principal), road.parts)
  if (isRefusal(output)) return refusing(output, input)
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body: operation.write(output, arrival.requestId), operation: operation.name }
}
