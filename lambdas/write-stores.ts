import { readEnvironment } from '../store/environment.ts'
import { dynamoOnlineStore } from '../store/online/dynamodb.ts'
import { catalogFeatureOrder } from '../store/online/feature-order.ts'
import type { RecordWriter, WriteStores } from '../store/stores.ts'
import { writeThrough } from '../store/write-through.ts'
import { dynamodbClient } from './dynamodb-client.ts'
import { groupStores } from './group-stores.ts'
import { streamHistory } from './history.ts'
import { loggable, logger } from './logger.ts'
import { addCount } from './metrics.ts'
import { outbox } from './outbox.ts'

/** What the functions that write records work on, by their environment. What becomes of the writes is counted. */
export function writeStores(client = dynamodbClient()): WriteStores {
  const { ONLINE_TABLE: tableName } = readEnvironment('ONLINE_TABLE')
  const stores = groupStores(client)
  const online = dynamoOnlineStore({
    client,
    tableName,
    featureOrder: catalogFeatureOrder(stores.catalog),
    onUnprocessed: (cause, what) => logger.error('unprocessed', { what, error: loggable(cause) }),
  })
  const writer = writeThrough({ online, history: streamHistory(stores.catalog), outbox: outbox(), now: stores.now })
  return { ...stores, writer: counted(writer) }
}

function counted(writer: RecordWriter): RecordWriter {
  return {
    ...writer,
    async write(changes) {
      const outcomes = await writer.write(changes)
      addCount('HistoricWrites', outcomes.filter(({ result }) => result === 'historic').length)
      addCount('UnprocessedEntries', outcomes.filter(({ result }) => result === 'unprocessed').length)
      return outcomes
    },
  }
}
