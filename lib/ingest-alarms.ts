import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Definitions } from './alarms.ts'
import type { IngestBus } from './ingest-bus.ts'
import { failuresOf, iteratorAgeOf } from './ingest-metrics.ts'
import type { IngestQueue } from './ingest-queue.ts'
import type { IngestStream } from './ingest-stream.ts'
import { ageOf, messagesIn, ownMetric, PERIOD } from './metrics.ts'
import type { OperationFunction } from './operation-function.ts'
import type { Watched } from './watched.ts'

/** The alarms of the sources of events: lag, refused events, dead letters, and functions that fail. */
export function ingestAlarms({ ingestion, settings }: Watched): Definitions {
  if (ingestion === undefined) return {}
  const { namePrefix } = settings
  const { queue, bus, stream } = ingestion
  return {
    ...queueAlarms(queue, namePrefix),
    ...(bus && busAlarms(bus)),
    ...(stream && streamAlarms(stream, namePrefix)),
  }
}

function queueAlarms({ work, made }: IngestQueue, namePrefix: string): Definitions {
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
    ...functionAlarms('IngestQueue', made, namePrefix),
  }
}

function busAlarms(bus: IngestBus): Definitions {
  return {
    IngestBusFailures: {
      metric: failuresOf(bus),
      threshold: 1,
      description: 'EventBridge could not bring events to the queue. They are among its dead letters: redrive them.',
    },
  }
}

function streamAlarms({ made, givenUp }: IngestStream, namePrefix: string): Definitions {
  return {
    IngestStreamAge: {
      metric: iteratorAgeOf(made),
      threshold: 900_000,
      periods: 3,
      description:
        'Events wait in the stream: a store does not take them, or there are too many. Read the log of IngestStream.',
    },
    IngestStreamGivenUp: {
      metric: messagesIn(givenUp),
      threshold: 1,
      description:
        'Records of the stream were given up after a day. Each message names their place: read them again within six days.',
    },
    ...functionAlarms('IngestStream', made, namePrefix),
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
