import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'

/** Metrics in CloudWatch's embedded format; they leave with the end of each invocation. */
export const metrics = new Metrics()

export interface Observation {
  operation: string
  status: number
  milliseconds: number
}

/** Counts one answered request under its operation; what is logged of it is paid for by the byte. */
export function observeRequest({ operation, status, milliseconds }: Observation): void {
  metrics.addDimension('operation', operation)
  metrics.addMetric('Requests', MetricUnit.Count, 1)
  addCount('Errors', status >= 500 ? 1 : 0)
  addCount('ClientErrors', status >= 400 && status < 500 ? 1 : 0)
  metrics.addMetric('Latency', MetricUnit.Milliseconds, Math.round(milliseconds * 1_000) / 1_000)
}

/** Adds to a count, which is left out while it is zero. */
export function addCount(name: CountName, amount: number): void {
  if (amount > 0) metrics.addMetric(name, MetricUnit.Count, amount)
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
