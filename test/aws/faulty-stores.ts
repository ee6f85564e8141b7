import { DatabaseSync } from 'node:sqlite'
import { FirehoseClient } from '@aws-sdk/client-firehose'
import { SQSClient } from '@aws-sdk/client-sqs'
import { createCatalogTables, sqliteCatalog } from '../../store/catalog/sqlite.ts'
import { drainOutbox } from '../../store/offline/drain-outbox.ts'
import { firehoseHistory } from '../../store/offline/firehose.ts'
import { logTables } from '../../store/offline/log-tables.ts'
import { sqsOutbox } from '../../store/offline/outbox-sqs.ts'
import { dynamoOnlineStore } from '../../store/online/dynamodb.ts'
import { catalogFeatureOrder } from '../../store/online/feature-order.ts'
import type { Stores } from '../../store/stores.ts'
import { writeThrough } from '../../store/write-through.ts'
import { type Fault, type FaultsOptions, startFaults } from '../faults.ts'
import { seededRandom } from '../seed.ts'
import { CLIENT, createTable } from './dynalite.ts'
import { startDynamodb } from './dynamodb.ts'
import { DYNAMODB_FAULTS } from './dynamodb-faults.ts'
import { startFirehose } from './firehose-endpoint.ts'
import { startSqs } from './sqs-endpoint.ts'

type Rates = { [fault in Fault]?: number }

export interface FaultyOptions {
  seed: number
  rates: { online: Rates; history: Rates; outbox: Rates }
  /** How often a record of a request to the history, and a message of one to the outbox, is refused, out of 1. */
  refusals: { history: number; outbox: number }
}

const JSON_FAULTS: Pick<FaultsOptions, 'throttled' | 'failed'> = {
  throttled: answer(400, 'ThrottlingException'),
  failed: answer(500, 'InternalFailure'),
}

function answer(status: number, type: string) {
  const headers = { 'content-type': 'application/x-amz-json-1.1' }
  return { status, headers, body: JSON.stringify({ __type: type, message: 'a fault of the test' }) }
}

/** The stores in AWS behind connections and services that fail at random; the catalog does not. */
export async function openFaultyStores({ seed, rates, refusals }: FaultyOptions) {
  const random = seededRandom(seed)
  const dynamodb = await startDynamodb()
  const firehose = await startFirehose({ refuses: () => random() < refusals.history })
  const sqs = await startSqs({ refuses: () => random() < refusals.outbox })
  const proxies = {
    online: await startFaults({ target: dynamodb.endpoint, seed: seed + 1, rates: rates.online, ...DYNAMODB_FAULTS }),
    history: await startFaults({ target: firehose.endpoint, seed: seed + 2, rates: rates.history, ...JSON_FAULTS }),
    outbox: await startFaults({ target: sqs.endpoint, seed: seed + 3, rates: rates.outbox, ...JSON_FAULTS }),
  }
  const to = (endpoint: string) => ({
    endpoint,
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
  })
  const db = new DatabaseSync(':memory:')
  createCatalogTables(db)
  const catalog = sqliteCatalog(db)
  const direct = dynamodb.client()
  const tableName = await createTable(direct)
  const onUnprocessed = () => {}
  const featureOrder = catalogFeatureOrder(catalog)
  const online = { tableName, featureOrder, onUnprocessed, backoffMs: 1 }
  const faultyOnline = dynamoOnlineStore({ ...online, client: dynamodb.client(to(proxies.online.endpoint)) })
  const onError = () => {}
  const history = firehoseHistory(new FirehoseClient({ ...CLIENT, ...to(proxies.history.endpoint) }), {
    streamName: 'history',
    catalog,
    onError,
    backoffMs: 1,
  })
  const outbox = sqsOutbox(new SQSClient({ ...CLIENT, ...to(proxies.outbox.endpoint) }), {
    queueUrl: sqs.queueUrl,
    onError,
    backoffMs: 1,
  })
  const stores: Stores = {
    catalog,
    online: faultyOnline,
    writer: writeThrough({ online: faultyOnline, history, outbox, now: Date.now }),
    jobs: { enqueue: () => {} },
    tables: logTables,
    account: '123456789012',
    region: 'us-east-1',
    shardCount: 3,
    now: Date.now,
  }
  return {
    stores,
    /** The online store without faults. */
    reader: dynamoOnlineStore({ ...online, client: direct }),
    /** The texts of the rows in the history. */
    taken: firehose.taken,
    /** How many messages wait in the outbox. */
    waiting: () => sqs.waiting().length,
    met: (fault: Fault) => Object.values(proxies).reduce((sum, proxy) => sum + proxy.met(fault), 0),
    /** Drains the outbox, by a history that fails, until it is empty. */
    async drain(): Promise<void> {
      while (sqs.waiting().length > 0) {
        const messages = sqs.receive(10)
        const { batchItemFailures } = await drainOutbox(messages, { history, onError })
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
        for (const { messageId } of messages) if (!failed.has(messageId)) sqs.remove(messageId)
      }
    },
    async close(): Promise<void> {
      for (const proxy of Object.values(proxies)) await proxy.close()
      await firehose.close()
      await sqs.close()
      direct.destroy()
      await dynamodb.close()
    },
  }
}
