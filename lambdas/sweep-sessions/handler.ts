import { sweepRestores } from '../../store/jobs/sweep-restores.ts'
import { sweepSessions } from '../../store/jobs/sweep-sessions.ts'
import { queuedStores } from '../delete-stores.ts'
import { dynamodbClient } from '../dynamodb-client.ts'
import { logger } from '../logger.ts'
import { restorationStores } from '../restoration-stores.ts'
import { withPowertools } from '../with-powertools.ts'

const client = dynamodbClient()
const stores = { ...queuedStores(client), ...restorationStores(client) }

/** Has removed what can no longer be undone, and takes up delete sessions and restores that lost their worker. */
export const handler = withPowertools(async (): Promise<void> => {
  const { due, resumed } = await sweepSessions(stores)
  const resumedRestores = await sweepRestores(stores)
  logger.info('delete sessions swept', { due, resumed, resumedRestores })
})
