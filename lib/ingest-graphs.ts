import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { failuresOf, iteratorAgeOf, matchesOf } from './ingest-metrics.ts'
import type { Ingestion } from './ingestion.ts'
import { ageOf, messagesIn, ownMetric } from './metrics.ts'
import type { Watched } from './watched.ts'

/** A row of the dashboard for the sources of events: how many there are, how late, and what was set aside. */
export function ingestGraphs({ ingestion, settings }: Watched): GraphWidget[] {
  if (ingestion === undefined) return []
  const { queue, bus, stream } = ingestion
  const { work } = queue
  const own = (...names: string[]) => names.flatMap((name) => ownMetrics(ingestion, settings.namePrefix, name))
  const deadLetters = messagesIn(work.deadLetters).with({ label: 'Dead letters' })
  const setAside = [
    deadLetters,
    ...(stream ? [messagesIn(stream.givenUp).with({ label: 'Batches given up' })] : []),
    ...(bus ? [failuresOf(bus).with({ label: 'Failures of the bus' })] : []),
  ]
  return [
    graph(
      'Events',
      [...own('Events'), ...(bus ? [matchesOf(bus).with({ label: 'Bus' })] : [])],
      own('HistoricWrites', 'UnprocessedEntries'),
    ),
    graph(
      'Seconds that events wait in the queue, and milliseconds in the stream',
      [ageOf(work.queue).with({ label: 'Queue' })],
      stream && [iteratorAgeOf(stream.made).with({ label: 'Stream' })],
    ),
    graph('Refused events and dead letters', own('RefusedEvents'), setAside),
  ]
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: 8 })
}

function ownMetrics({ stream }: Ingestion, namePrefix: string, name: string): IMetric[] {
  const functions = stream === undefined ? ['IngestQueue'] : ['IngestQueue', 'IngestStream']
  return functions.map((made) => ownMetric(namePrefix, name, made).with({ label: `${made} ${name}` }))
}
