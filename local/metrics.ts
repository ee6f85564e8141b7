import { Counter, Gauge, Histogram, Registry } from 'prom-client'

const LATENCY_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export interface Observation {
  operation: string
  status: number
  /** The error's code; undefined for a success. */
  code: string | undefined
  seconds: number
}

/** Counts of what the server answered, for Prometheus. `waiting` says how many rows the offline store has yet to take. */
export function makeMetrics(waiting: () => number) {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Counter({
    name: 'cairn_requests_total',
    help: 'Requests answered, by operation and HTTP status.',
    labelNames: ['operation', 'status'],
    registers,
  })
  const errors = new Counter({
    name: 'cairn_errors_total',
    help: 'Requests answered with an error, by operation and error code.',
    labelNames: ['operation', 'code'],
    registers,
  })
  const latency = new Histogram({
    name: 'cairn_request_duration_seconds',
    help: 'Time from the end of a request to the end of its answer, by operation.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  })
  new Gauge({
    name: 'cairn_offline_waiting_rows',
    help: "Rows accepted and not yet in the offline store's tables.",
    registers,
    collect() {
      this.set(waiting())
    },
  })
  return {
    observe({ operation, status, code, seconds }: Observation): void {
      requests.inc({ operation, status })
      if (code !== undefined) errors.inc({ operation, code })
      latency.observe({ operation }, seconds)
    },
    /** The metrics in Prometheus's text format. */
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

export type Metrics = ReturnType<typeof makeMetrics>
