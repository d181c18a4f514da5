// The road of one HTTP request: route, signature claim, body, signature, authorisation, operation, answer.
// Leaves to whom: sockets, time-outs and shutdown are server.ts.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { authorise } from '../access/authorise.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import { isRefusal, type Refusal, refuse } from '../model/refusal.ts'
import { StoreUnavailable } from '../storage/store.ts'
import { type Answer, jsonAnswer, refusalAnswer, send } from './answer.ts'
import { type Arrival as AnyArrival, admit, callOf, headersOf, signedRequestOf, sourceIpOf } from './arrival.ts'
import { bodyBytesMax, pageBodyBytesMax, sendBodyBytesMax } from './limits.ts'
import type { AnyOperation, Call, Parts } from './operation.ts'
import type { OwnExtras, OwnOperation } from './own-operation.ts'
import type { Page } from './page.ts'
import { parseQuery } from './protocols/query-text.ts'
import type { RestOperation } from './protocols/rest-json.ts'
import type { Routed, Router } from './router.ts'
import { answerQuery, isQueryCall, type QueryRoad, refuseQuery } from './serve-query.ts'
import type { NotOffered } from './services/ses/not-offered.ts'
import { claimedService } from './signature-claim.ts'

/** What the road is built from. */
export interface RequestRoad extends QueryRoad {
  readonly router: Router
  /** By SES name (`CreateTenant`). */
  readonly offered: ReadonlyMap<string, AnyOperation>
  /** Why an operation of the client is not offered, by SES name. */
  readonly notOffered: ReadonlyMap<string, Pick<NotOffered, 'reason' | 'answers'>>
  readonly parts: Parts & OwnExtras
  readonly log: Log
  readonly metrics: Metrics
  readonly random: Random
  /** Aborts when the door closes. */
  readonly stopping: AbortSignal
}

const largeBodies = new Set(['SendEmail', 'SendBulkEmail'])

/** The handler of every request; it answers always and throws never. */
export function createRequestHandler(road: RequestRoad): (request: IncomingMessage, response: ServerResponse) => void {
  const counter = road.metrics.counter('bulkhead_http_requests_total', 'HTTP requests answered.', ['operation', 'status'])
  const seconds = road.metrics.histogram('bulkhead_http_request_seconds', 'Time from header fields to answer.', [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30])
  return (request, response) => {
    const requestId = road.random.uuid()
    const startedAt = road.parts.clock.now()
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const [path, query] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
    const arrival = { request, response, requestId, path, query }
    const isQuery = isQueryCall(arrival)
    const routed = isQuery ? undefined : road.router.find(request.method ?? '', path)
    const finish = (answer: Answer | undefined) => {
      if (!answer) return // The other side went away.
      send(response, requestId, answer, road.stopping.aborted)
      counter.inc({ operation: answer.operation ?? nameOf(routed), status: String(answer.status) })
      seconds.observe((road.parts.clock.now() - startedAt) / 1_000)
    }
    response.on('error', () => {}) // A reset while we answer is the caller's affair.
    const answering = isQuery ? answerQuery(road, arrival) : answerTo(road, { ...arrival, routed })
    answering.then(finish, (fault: unknown) => {
      const refusal = refuseFault(road, requestId, nameOf(routed), fault)
      finish(isQuery ? refuseQuery(road, arrival, refusal) : refusalAnswer(refusal))
    })
  }
}

interface Arrival extends AnyArrival {
  readonly routed: Routed | undefined
}

async function answerTo(road: RequestRoad, arrival: Arrival): Promise<Answer | undefined> {
  const { query, routed } = arrival
  const target = routed?.target
  if (!routed || !target) return refusalAnswer(refuseUnrouted(arrival))
  if (target.kind === 'page') return answerPage(road, arrival, target.page, routed.labels)
  const admitted = await admit(road, arrival, () => (largeBodies.has(target.operation.name) ? sendBodyBytesMax : bodyBytesMax))
  if (admitted === undefined) return undefined
  if (isRefusal(admitted)) return refusalAnswer(admitted)
  const { claim, body, principal } = admitted
  if (claim.service !== 'ses') return refusalAnswer(refuse('ServiceNotOffered', { service: claim.service }))
  const ownAction = target.kind === 'own' ? (target.operation.action ?? `bulkhead:${target.operation.name}`) : undefined
  const denied = authorise(principal, ownAction ?? `ses:${target.operation.name}`, [])
  if (denied) return refusalAnswer(denied)
  const call = callOf(arrival, principal)
  if (target.kind === 'own') return answerOwn(road, arrival, target.operation, body, call)
  return answerSes(road, target.operation, { labels: routed.labels, query: parseQuery(query), body }, call)
}

async function answerSes(road: RequestRoad, operation: RestOperation, request: Parameters<RestOperation['read']>[0], call: Call): Promise<Answer> {
  const run = road.offered.get(operation.name)
  if (!run) return refusalAnswer(refuseNotOffered(operation.name, road.notOffered.get(operation.name)))
  const throttled = road.callRates?.(operation.name, 'v2')
  if (throttled) return refusalAnswer(throttled)
  const { input, refusal } = operation.read(request)
  if (refusal) return refusalAnswer(refusal)
  const output = await run(input as never, call, road.parts)
  return isRefusal(output) ? refusalAnswer(output) : jsonAnswer(operation.status, operation.write(output))
}

/** The error says why, whichever exception a client of SES expects there. */
function refuseNotOffered(operation: string, row: Pick<NotOffered, 'reason' | 'answers'> = { reason: 'it is not built' }): Refusal {
  const { reason, answers } = row
  return answers ? refuse(answers, { text: `${operation} is not offered: ${reason}` }) : refuse('OperationNotOffered', { operation, reason })
}

async function answerOwn(road: RequestRoad, { response, query, routed }: Arrival, operation: OwnOperation, body: Buffer, call: Call): Promise<Answer> {
  const left = new AbortController()
  response.on('close', () => left.abort())
  const signal = AbortSignal.any([left.signal, road.stopping])
  const output = await operation.handle({ labels: routed?.labels ?? {}, query: new Map(parseQuery(query)), body, signal }, call, road.parts)
  return isRefusal(output) ? refusalAnswer(output) : jsonAnswer(200, JSON.stringify(output))
}

async function answerPage(road: RequestRoad, { request, response, query }: Arrival, page: Page, labels: Routed['labels']): Promise<Answer | undefined> {
  const body = await road.bodies.read(request, response, pageBodyBytesMax)
  if (body === undefined) return undefined
  if (isRefusal(body)) return refusalAnswer(body)
  return page.handle({ method: request.method ?? 'GET', labels, query: parseQuery(query), headers: headersOf(request), body, sourceIp: sourceIpOf(request) })
}

// A call to another service comes to `/` with that service in its scope; it deserves a clearer word than "unknown".
function refuseUnrouted(arrival: Arrival): Refusal {
  const service = claimedService(signedRequestOf(arrival))
  return service === undefined || service === 'ses' ? refuse('OperationUnknown') : refuse('ServiceNotOffered', { service: service.slice(0, 100) })
}

function refuseFault({ log }: RequestRoad, requestId: string, operation: string, fault: unknown): Refusal {
  const facts = { requestId, operation, fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) }
  if (fault instanceof StoreUnavailable) {
    log.warn(facts, 'the store is unavailable')
    return refuse('ServiceUnavailable')
  }
  log.error(facts, 'a request failed')
  return refuse('InternalFault')
}

function nameOf(routed: Routed | undefined): string {
  if (!routed) return 'unknown'
  return routed.target.kind === 'page' ? routed.target.page.path : routed.target.operation.name
}
