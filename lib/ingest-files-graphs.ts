import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { ageOf, messagesIn, ownMetric } from './metrics.ts'
import type { Watched } from './watched.ts'

/** A row of the dashboard for the files in the bucket: how many there are, how late, and what was refused. */
export function ingestFilesGraphs({ files, settings }: Watched): GraphWidget[] {
  if (files === undefined) return []
  const { work } = files
  const own = (name: string) => ownMetric(settings.namePrefix, name, 'IngestFiles').with({ label: name })
  return [
    graph('Files, and their rows', [own('Files')], [own('FileRows')]),
    graph('Seconds that files wait, and how many messages', [ageOf(work.queue)], [messagesIn(work.queue)]),
    graph(
      'Failed files and dead letters, and refused rows',
      [own('FailedFiles'), messagesIn(work.deadLetters).with({ label: 'Dead letters' })],
      [own('RefusedRows')],
    ),
  ]
}

function graph(title: string, left: IMetric[], right: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, right, width: 8 })
}
