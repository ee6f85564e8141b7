import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { Definitions } from './alarms.ts'
import { ageOf, messagesIn, ownMetric, PERIOD } from './metrics.ts'
import type { Watched } from './watched.ts'

/** The alarms of the files in the bucket: those that wait or fail, refused rows, dead letters, and a function that fails. */
export function ingestFilesAlarms({ files, settings }: Watched): Definitions {
  if (files === undefined) return {}
  const { work, made } = files
  const own = (name: string) => ownMetric(settings.namePrefix, name, 'IngestFiles')
  return {
    OldestFile: {
      metric: ageOf(work.queue),
      threshold: 3_600,
      periods: 3,
      description:
        'Files, or parts of them, wait in the queue for an hour: a store does not take them, or there are too many. Read the log of IngestFiles.',
    },
    IngestFilesFailed: {
      metric: own('FailedFiles'),
      threshold: 1,
      description: 'A file could not be read. Its object .result.json says why: mend the file and put it there again.',
    },
    IngestFilesRefused: {
      metric: own('RefusedRows'),
      threshold: 1,
      description:
        'Rows of a file were refused. Its object .result.json has them with the reasons: tell their producer.',
    },
    IngestFilesDeadLetters: {
      metric: messagesIn(work.deadLetters),
      threshold: 1,
      description:
        'A file, or a part of one, was set aside after too many tries. Find the cause, then redrive the queue: it goes on where it was.',
    },
    IngestFilesErrors: {
      metric: made.function.metricErrors({ statistic: Stats.SUM, period: PERIOD }),
      threshold: 1,
      periods: 3,
      description: 'The function IngestFiles keeps failing. Read its log.',
    },
  }
}
