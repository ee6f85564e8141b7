import { sweepSessions } from '../../store/jobs/sweep-sessions.ts'
import { queuedStores } from '../delete-stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { logger } from '../logger.ts'
import { withPowertools } from '../with-powertools.ts'

const stores = queuedStores(dynamodbClient())

/** Has removed what can no longer be undone, and takes up delete sessions that lost their worker. */
export const handler = withPowertools(async (): Promise<void> => {
  const { due, resumed } = await sweepSessions(stores)
  logger.info('delete sessions swept', { due, resumed })
})
