// Counters, gauges and histograms in Prometheus form. Home of prom-client; nobody else imports it.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Where a part counts. Asking twice for one name answers the same instrument. */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): { inc(labels?: Record<string, string>, by?: number): void }
  /** `read` is called at each scrape. */
  gauge(name: string, help: string, read: () => number): void
  histogram(name: string, help: string, buckets: readonly number[]): { observe(value: number): void }
  /** The Prometheus text of everything. */
  expose(): Promise<string>
  readonly contentType: string
}

/** A registry of its own, so that two services in one process do not share figures. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const made = new Map<string, unknown>()
  const once = <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make())
    return made.get(name) as T
  }
  return {
    counter: (name, help, labels = []) =>
      once(name, () => {
        const counter = new Counter({ name, help, labelNames: [...labels], registers: [registry] })
        // The child of a label set is found once: prom-client sorts and joins the labels anew at every call.
        const children = new Map<string, { inc(by: number): void }>()
        return {
          inc(values = {}, by = 1) {
            const key = labels.map((label) => values[label]).join('\0')
            let child = children.get(key)
            if (!child) {
              child = labels.length > 0 ? counter.labels(values) : counter
              children.set(key, child)
            }
            child.inc(by)
          },
        }
      }),
    gauge(name, help, read) {
      once(
        name,
        () =>
          new Gauge({
            name,
            help,
            registers: [registry],
            collect() {
              this.set(read())
            },
          }),
      )
    },
    histogram: (name, help, buckets) => once(name, () => new Histogram({ name, help, buckets: [...buckets], registers: [registry] })),
    expose: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
