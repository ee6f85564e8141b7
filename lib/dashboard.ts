import { Dashboard as CloudWatchDashboard, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { ROUTES } from '../store/protocol/routes.ts'
import { deleteGraphs } from './delete-graphs.ts'
import { ingestFilesGraphs } from './ingest-files-graphs.ts'
import { ingestGraphs } from './ingest-graphs.ts'
import { ageOf, firehoseMetric, messagesIn, ownMetric, PERIOD, throttlesOf, throttlesOfAll } from './metrics.ts'
import { restoreGraphs } from './restore-graphs.ts'
import type { Watched } from './watched.ts'

/** One page on which a deployment is seen to be well: requests, stores, history, work left over. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id)
    const dashboard = new CloudWatchDashboard(this, 'Dashboard')
    dashboard.addWidgets(...requestGraphs(watched))
    dashboard.addWidgets(...storeGraphs(watched))
    dashboard.addWidgets(...historyGraphs(watched))
    dashboard.addWidgets(...deleteGraphs(watched))
    dashboard.addWidgets(...restoreGraphs(watched))
    dashboard.addWidgets(...ingestGraphs(watched))
    dashboard.addWidgets(...ingestFilesGraphs(watched))
  }
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: 8 })
}

function requestGraphs({ api, settings }: Watched): GraphWidget[] {
  const { stage } = api
  const sum = { statistic: Stats.SUM, period: PERIOD }
  const latency = [Stats.p(50), Stats.p(99), Stats.MAXIMUM].map((statistic) =>
    stage.metricLatency({ statistic, period: PERIOD, label: statistic }),
  )
  const requests = Object.keys(ROUTES).map((name) =>
    ownMetric(settings.namePrefix, 'Requests', name).with({ label: name }),
  )
  return [
    graph('Requests by operation', requests, [stage.metricCount(sum)]),
    graph('Latency (ms)', latency),
    graph('Errors', [stage.metricServerError(sum)], [stage.metricClientError(sum)]),
  ]
}

function storeGraphs({ tables, answering, settings }: Watched): GraphWidget[] {
  const { online } = tables
  const writers = ['PutRecord', 'BatchWriteRecord']
  const own = ['HistoricWrites', 'UnprocessedEntries'].flatMap((metric) =>
    writers.map((operation) =>
      ownMetric(settings.namePrefix, metric, operation).with({ label: `${operation} ${metric}` }),
    ),
  )
  return [
    graph('Capacity', [online.metricConsumedWriteCapacityUnits()], [online.metricConsumedReadCapacityUnits()]),
    graph('Throttles', [throttlesOf(online, 'Write'), throttlesOf(online, 'Read'), throttlesOfAll(answering)]),
    graph('Historic writes and unprocessed entries', own),
  ]
}

function historyGraphs({ history, outbox, jobs, background }: Watched): GraphWidget[] {
  const rows = ['IncomingRowCount', 'SuccessfulRowCount', 'FailedRowCount'].map((name) =>
    firehoseMetric(history, `DeliveryToIceberg.${name}`, Stats.SUM),
  )
  const freshness = firehoseMetric(history, 'DeliveryToIceberg.DataFreshness', Stats.MAXIMUM)
  const deadLetters = { Outbox: outbox.deadLetters, Jobs: jobs.deadLetters, Expiry: background.expiryDeadLetters }
  const waiting = Object.entries(deadLetters).map(([label, queue]) => messagesIn(queue).with({ label }))
  return [
    graph('Rows of history', rows),
    graph('Seconds to delivery, and in the outbox', [freshness, ageOf(outbox.queue)]),
    graph('Dead letters', waiting, [messagesIn(outbox.queue).with({ label: 'In the outbox' })]),
  ]
}
