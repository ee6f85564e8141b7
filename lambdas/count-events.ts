import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { EventResult } from '../store/events/apply-events.ts'
import { addCount, metrics } from './metrics.ts'

/** Counts events, and those of them that were refused, under the function that ingests them. */
export function countEvents(operation: string, results: EventResult[]): void {
  metrics().addDimension('operation', operation)
  metrics().addMetric('Events', MetricUnit.Count, results.length)
  addCount('RefusedEvents', results.filter(({ status }) => status === 'refused').length)
}
