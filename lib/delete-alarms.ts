import type { Definitions } from './alarms.ts'
import { failedSessions, PERIOD, throttlesOfAll } from './metrics.ts'
import type { Watched } from './watched.ts'

/** What goes wrong with delete sessions. */
export function deleteAlarms({ deletes, sweep, settings }: Watched): Definitions {
  return {
    FailedSessions: {
      metric: failedSessions(settings.namePrefix),
      threshold: 1,
      description:
        'A delete session has failed: its error says why, and the log of the function Jobs more. Mend that, and start another one.',
    },
    SweepErrors: {
      metric: sweep.made.function.metricErrors({ period: PERIOD }),
      threshold: 1,
      description:
        'Delete sessions and restores are not swept: what can no longer be undone is kept, what lost its worker stands still. Read the log of the function Sweep.',
    },
    DeleteFunctionThrottles: {
      metric: throttlesOfAll(deletes.all),
      threshold: 1,
      description: 'Lambda turns requests for delete sessions away. Raise the concurrency quota of the account.',
    },
  }
}
