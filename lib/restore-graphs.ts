import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { RESTORE_ROUTES } from '../store/protocol/restore-routes.ts'
import { failedRestores, ownMetric } from './metrics.ts'
import type { Watched } from './watched.ts'

/** How restores go. */
export function restoreGraphs({ settings }: Watched): GraphWidget[] {
  const requests = Object.keys(RESTORE_ROUTES).map((name) =>
    ownMetric(settings.namePrefix, 'Requests', name).with({ label: name }),
  )
  return [
    new GraphWidget({ title: 'Requests for restores', left: requests, width: 8 }),
    new GraphWidget({ title: 'Failed restores', left: [failedRestores(settings.namePrefix)], width: 8 }),
  ]
}
