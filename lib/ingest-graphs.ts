import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { ageOf, messagesIn, ownMetric } from './metrics.ts'
import type { Watched } from './watched.ts'

/** A row of the dashboard for the sources of events: how many there are, how late, and what was set aside. */
export function ingestGraphs({ ingestion, settings }: Watched): GraphWidget[] {
  if (ingestion === undefined) return []
  const { queue } = ingestion
  const own = (metric: string) =>
    ownMetric(settings.namePrefix, metric, 'IngestQueue').with({ label: `Queue ${metric}` })
  const graph = (title: string, left: IMetric[], right: IMetric[]) => new GraphWidget({ title, left, right, width: 8 })
  return [
    graph('Events', [own('Events')], [own('HistoricWrites'), own('UnprocessedEntries')]),
    graph(
      'Seconds that events wait',
      [ageOf(queue.work.queue).with({ label: 'Queue' })],
      [messagesIn(queue.work.queue).with({ label: 'Messages' })],
    ),
    graph(
      'Refused events and dead letters',
      [own('RefusedEvents')],
      [messagesIn(queue.work.deadLetters).with({ label: 'Dead letters' })],
    ),
  ]
}
