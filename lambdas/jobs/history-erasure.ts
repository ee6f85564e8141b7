import { readEnvironment } from '../../store/environment.ts'
import { athenaQueries } from '../../store/offline/athena.ts'
import { athenaErasure } from '../../store/offline/athena-erasure.ts'
import { erasureAfterOutbox } from '../../store/offline/erasure-after-outbox.ts'
import type { HistoryErasure } from '../../store/offline/history-erasure.ts'
import { sqsOutboxWaiting } from '../../store/offline/outbox-waiting-sqs.ts'
import { athenaClient } from '../athena-client.ts'
import { sqsClient } from '../sqs-client.ts'

/** Erases rows from the histories by queries in Athena, once no row waits in the outbox. */
export function historyErasure(): HistoryErasure {
  const { OUTBOX_URL, WORK_GROUP, SETTLE_SECONDS } = readEnvironment('OUTBOX_URL', 'WORK_GROUP', 'SETTLE_SECONDS')
  const queries = athenaQueries(athenaClient(), { workGroup: WORK_GROUP })
  const erasure = athenaErasure(queries, { now: Date.now, settleMs: Number(SETTLE_SECONDS) * 1_000 })
  const sqs = sqsClient()
  return erasureAfterOutbox(erasure, () => sqsOutboxWaiting(sqs, OUTBOX_URL))
}
