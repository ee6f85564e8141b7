import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { type IngestBus, RULE_NAME } from './ingest-bus.ts'
import { PERIOD } from './metrics.ts'
import type { OperationFunction } from './operation-function.ts'

/** How many milliseconds ago the last record came that a function of a stream was given. */
export function iteratorAgeOf(made: OperationFunction): Metric {
  return made.function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD })
}

/** How many events of the bus, of those that matched, EventBridge could not bring to the queue. */
export function failuresOf(bus: IngestBus): Metric {
  return ruleMetric(bus, 'FailedInvocations')
}

/** How many events of the bus matched. */
export function matchesOf(bus: IngestBus): Metric {
  return ruleMetric(bus, 'MatchedEvents')
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
function ruleMetric({ bus }: IngestBus, metricName: string): Metric {
  const dimensionsMap = { EventBusName: bus.eventBusName, RuleName: RULE_NAME }
  return new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, statistic: Stats.SUM, period: PERIOD })
}
