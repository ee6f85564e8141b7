import type { Definitions } from './alarms.ts'
import { failedRestores, throttlesOfAll } from './metrics.ts'
import type { Watched } from './watched.ts'

/** What goes wrong with restores. */
export function restoreAlarms({ restores, settings }: Watched): Definitions {
  return {
    FailedRestores: {
      metric: failedRestores(settings.namePrefix),
      threshold: 1,
      description:
        'A restore has failed, and the online store may have a part of its records: its Error says why, and the log of the function Jobs more. Mend that, and restore again with Replace.',
    },
    RestoreFunctionThrottles: {
      metric: throttlesOfAll(restores.all),
      threshold: 1,
      description: 'Lambda turns requests for restores away. Raise the concurrency quota of the account.',
    },
  }
}
