import { readEnvironment } from '../../store/environment.ts'
import { athenaQueries } from '../../store/offline/athena.ts'
import { athenaReplay } from '../../store/offline/athena-replay.ts'
import { s3Extracts } from '../../store/offline/extracts-s3.ts'
import type { HistoryReplay } from '../../store/offline/history-replay.ts'
import { sqsOutboxWaiting } from '../../store/offline/outbox-waiting-sqs.ts'
import { replayAfterOutbox } from '../../store/offline/replay-after-outbox.ts'
import { athenaClient } from '../athena-client.ts'
import { s3Client } from '../s3-client.ts'
import { sqsClient } from '../sqs-client.ts'

/** Reads the histories by way of Athena, which leaves what is to be read in S3, once no row waits in the outbox. */
export function historyReplay(): HistoryReplay {
  const { OUTBOX_URL, EXTRACTS, ...env } = readEnvironment('OUTBOX_URL', 'EXTRACTS', 'WORK_GROUP', 'SETTLE_SECONDS')
  const { hostname: bucket, pathname } = new URL(EXTRACTS)
  const replay = athenaReplay(athenaQueries(athenaClient(), { workGroup: env.WORK_GROUP }), {
    extracts: s3Extracts(s3Client(), bucket),
    bucket,
    prefix: pathname.slice(1),
    now: Date.now,
    settleMs: Number(env.SETTLE_SECONDS) * 1_000,
  })
  const sqs = sqsClient()
  return replayAfterOutbox(replay, () => sqsOutboxWaiting(sqs, OUTBOX_URL))
}
