import { readEnvironment } from '../../store/environment.ts'
import { athenaQueries } from '../../store/offline/athena.ts'
import { athenaErasure } from '../../store/offline/athena-erasure.ts'
import { erasureAfterOutbox } from '../../store/offline/erasure-after-outbox.ts'
import type { HistoryErasure } from '../../store/offline/history-erasure.ts'
import { sqsOutboxWaiting } from '../../store/offline/outbox-waiting-sqs.ts'
import type { SessionStores } from '../../store/stores.ts'
import { athenaClient } from '../athena-client.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { readStores } from '../read-stores.ts'
import { sessionStores } from '../session-stores.ts'
import { sqsClient } from '../sqs-client.ts'
import { writeStores } from '../write-stores.ts'

/** After that time a function that writes records has ended. */
const IN_FLIGHT_MS = 60_000

/** What jobs work on, by the environment of their function. */
export function jobStores(): SessionStores {
  const client = dynamodbClient()
  const { online } = readStores(client)
  return {
    ...sessionStores(client),
    ...writeStores(client),
    online,
    erasure: historyErasure(),
    inFlightMs: IN_FLIGHT_MS,
  }
}

function historyErasure(): HistoryErasure {
  const sqs = sqsClient()
  const { OUTBOX_URL } = readEnvironment('OUTBOX_URL')
  const { WORK_GROUP: workGroup, SETTLE_SECONDS } = readEnvironment('WORK_GROUP', 'SETTLE_SECONDS')
  const settleMs = Number(SETTLE_SECONDS) * 1_000
  const erasure = athenaErasure(athenaQueries(athenaClient(), { workGroup }), { now: Date.now, settleMs })
  return erasureAfterOutbox(erasure, () => sqsOutboxWaiting(sqs, OUTBOX_URL))
}
