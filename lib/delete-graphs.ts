import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { ROUTES_TO_DELETE } from './delete-functions.ts'
import { failedSessions, messagesIn, ownMetric } from './metrics.ts'
import type { Watched } from './watched.ts'

/** How delete sessions go. */
export function deleteGraphs({ settings, jobs, background }: Watched): GraphWidget[] {
  const requests = Object.keys(ROUTES_TO_DELETE).map((name) =>
    ownMetric(settings.namePrefix, 'Requests', name).with({ label: name }),
  )
  const worker = background.jobs.function
  return [
    new GraphWidget({ title: 'Requests for delete sessions', left: requests, width: 8 }),
    new GraphWidget({ title: 'Failed delete sessions', left: [failedSessions(settings.namePrefix)], width: 8 }),
    new GraphWidget({
      title: 'Jobs',
      left: [messagesIn(jobs.queue).with({ label: 'Waiting' })],
      right: [worker.metricDuration({ label: 'Duration (ms)' })],
      width: 8,
    }),
  ]
}
