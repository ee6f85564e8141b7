import { readEnvironment } from '../../store/environment.ts'
import type { HistoryErasure } from '../../store/offline/history-erasure.ts'
import type { ReplayStores } from '../../store/restores/restore-stores.ts'
import type { SessionStores } from '../../store/stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { loadOnce } from '../load-once.ts'
import { readStores } from '../read-stores.ts'
import { restorationStores } from '../restoration-stores.ts'
import { sessionStores } from '../session-stores.ts'
import { writeStores } from '../write-stores.ts'
import { countedRestorations } from './counted-restorations.ts'

/** After that time a function that writes records has ended. */
const IN_FLIGHT_MS = 60_000

/** What jobs work on, by the environment of their function. */
export function jobStores(): SessionStores & Pick<ReplayStores, 'restorations'> {
  readEnvironment('OUTBOX_URL', 'WORK_GROUP', 'SETTLE_SECONDS', 'EXTRACTS')
  const client = dynamodbClient()
  const { online } = readStores(client)
  const restorations = countedRestorations(restorationStores(client).restorations)
  return {
    ...sessionStores(client),
    ...writeStores(client),
    online,
    restorations,
    erasure: lateErasure(),
    quietIn: (since) => since + IN_FLIGHT_MS - Date.now(),
  }
}

/** The erasure from histories, loaded with the first: most jobs are about online records alone. */
function lateErasure(): HistoryErasure {
  const load = loadOnce(async () => (await import('./history-erasure.ts')).historyErasure())
  return { step: async (...parts) => await (await load()).step(...parts) }
}
