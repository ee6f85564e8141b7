import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { HistoryStream } from './history-stream.ts'
import type { OperationFunction } from './operation-function.ts'

/** What every metric is summed or averaged over. */
export const PERIOD = Duration.minutes(5)
const inPeriod = { period: PERIOD }

/** A metric of the Firehose stream: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
export function firehoseMetric({ name }: HistoryStream, metricName: string, statistic: string): Metric {
  const dimensionsMap = { DeliveryStreamName: name }
  return new Metric({ namespace: 'AWS/Firehose', metricName, dimensionsMap, statistic, ...inPeriod })
}

/** How often reads or writes of a table met its limits. */
export function throttlesOf(table: TableV2, access: 'Read' | 'Write'): Metric {
  return table.metric(`${access}ThrottleEvents`, { statistic: Stats.SUM, ...inPeriod })
}

/** How often functions could not start, together. CloudWatch takes up to ten functions in an alarm. */
export function throttlesOfAll(functions: OperationFunction[]): IMetric {
  const usingMetrics = Object.fromEntries(
    functions.map((made, i) => [`m${i}`, made.function.metricThrottles(inPeriod)]),
  )
  return new MathExpression({ expression: 'SUM(METRICS())', label: 'Throttles', usingMetrics, ...inPeriod })
}

/** How many messages wait in a queue. */
export function messagesIn(queue: IQueue): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, ...inPeriod })
}

/** For how many seconds the oldest message has waited. */
export function ageOf(queue: IQueue): Metric {
  return queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, ...inPeriod })
}

/** How many delete sessions have failed. */
export function failedSessions(namePrefix: string): Metric {
  return countOf('FailedSessions', namePrefix)
}

/** How many restores have failed. */
export function failedRestores(namePrefix: string): Metric {
  return countOf('FailedRestores', namePrefix)
}

/** A metric that the jobs write, which are of no operation. */
function countOf(metricName: string, service: string): Metric {
  return new Metric({ namespace: 'Cairn', metricName, dimensionsMap: { service }, statistic: Stats.SUM, ...inPeriod })
}

/** A metric that the handlers write, summed over the requests of one operation. */
export function ownMetric(namePrefix: string, metricName: string, operation: string): Metric {
  const dimensionsMap = { service: namePrefix, operation }
  return new Metric({ namespace: 'Cairn', metricName, dimensionsMap, statistic: Stats.SUM, ...inPeriod })
}
