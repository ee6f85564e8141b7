import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Definitions } from './alarms.ts'
import { ageOf, messagesIn, ownMetric, PERIOD } from './metrics.ts'
import type { OperationFunction } from './operation-function.ts'
import type { Watched } from './watched.ts'

/** The alarms of the sources of events: lag, refused events, dead letters, and functions that fail. */
export function ingestAlarms({ ingestion, settings }: Watched): Definitions {
  if (ingestion === undefined) return {}
  const { work, made } = ingestion.queue
  return {
    OldestEvent: {
      metric: ageOf(work.queue),
      threshold: 900,
      periods: 3,
      description:
        'Events wait in the queue: a store does not take them, or there are too many. Read the log of IngestQueue.',
    },
    IngestDeadLetters: {
      metric: messagesIn(work.deadLetters),
      threshold: 1,
      description:
        'Events were set aside. Each says why in ErrorMessage; one without it was tried too often. Redrive them when that is mended.',
    },
    ...functionAlarms('IngestQueue', made, settings.namePrefix),
  }
}

function functionAlarms(name: string, made: OperationFunction, namePrefix: string): Definitions {
  return {
    [`${name}Refused`]: {
      metric: ownMetric(namePrefix, 'RefusedEvents', name),
      threshold: 1,
      description: `${name} refused events: read ErrorMessage of the messages in the dead-letter queue, and tell their producer.`,
    },
    [`${name}Errors`]: {
      metric: made.function.metricErrors({ statistic: Stats.SUM, period: PERIOD }),
      threshold: 1,
      periods: 3,
      description: `The function ${name} keeps failing. Read its log.`,
    },
  }
}
