// What the submission door counts.
import type { Metrics } from '../kit/metrics.ts'

/** Instruments of one door. */
export interface SmtpMetrics {
  connection(): void
  refusedConnection(reason: 'total' | 'address'): void
  message(): void
  refusal(name: string): void
  authentication(result: 'success' | 'failure' | 'fault'): void
  fault(): void
}

/** Registers the counters and a gauge of open connections. */
export function smtpMetrics(metrics: Metrics, openConnections: () => number): SmtpMetrics {
  const connections = metrics.counter('bulkhead_smtp_connections_total', 'Connections to the submission door')
  const refusedConnections = metrics.counter('bulkhead_smtp_connections_refused_total', 'Connections over a limit', ['reason'])
  const messages = metrics.counter('bulkhead_smtp_messages_total', 'Messages accepted by the submission door')
  const refusals = metrics.counter('bulkhead_smtp_refusals_total', 'Messages refused by the submission door', ['refusal'])
  const authentications = metrics.counter('bulkhead_smtp_authentications_total', 'AUTH attempts', ['result'])
  const faults = metrics.counter('bulkhead_smtp_faults_total', 'Commands that failed by a fault of ours')
  metrics.gauge('bulkhead_smtp_connections', 'Open connections of the submission door', openConnections)
  return {
    connection: () => connections.inc(),
    refusedConnection: (reason) => refusedConnections.inc({ reason }),
    message: () => messages.inc(),
    refusal: (refusal) => refusals.inc({ refusal }),
    authentication: (result) => authentications.inc({ result }),
    fault: () => faults.inc(),
  }
}
