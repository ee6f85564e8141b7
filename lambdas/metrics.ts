import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

let made: Metrics | undefined

/** Metrics in CloudWatch's embedded format; they leave with the end of each invocation. Made with the first. */
export function metrics(): Metrics {
  made ??= new Metrics()
  return made
}

/** For Middy: the metrics of an invocation leave when it ends, however it does. */
export function leavingMetrics() {
  const publish = (): void => {
    metrics().publishStoredMetrics()
  }
  return { after: publish, onError: publish }
}

export interface Observation {
  operation: string
  status: number
  milliseconds: number
}

/** Counts one answered request under its operation; what is logged of it is paid for by the byte. */
export function observeRequest({ operation, status, milliseconds }: Observation): void {
  metrics().addDimension('operation', operation)
  metrics().addMetric('Requests', MetricUnit.Count, 1)
  addCount('Errors', status >= 500 ? 1 : 0)
  addCount('ClientErrors', status >= 400 && status < 500 ? 1 : 0)
  metrics().addMetric('Latency', MetricUnit.Milliseconds, Math.round(milliseconds * 1_000) / 1_000)
}

/** Adds to a count, which is left out while it is zero. */
export function addCount(name: CountName, amount: number): void {
  if (amount > 0) metrics().addMetric(name, MetricUnit.Count, amount)
}

type CountName =
  | 'Errors'
  | 'ClientErrors'
  | 'HistoricWrites'
  | 'UnprocessedEntries'
  | 'ExpiredRecords'
  | 'RefusedEvents'
  | 'Files'
  | 'FailedFiles'
  | 'FileRows'
  | 'RefusedRows'
  | 'FailedSessions'
  | 'FailedRestores'
