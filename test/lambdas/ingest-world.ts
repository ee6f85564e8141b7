import { SQSClient } from '@aws-sdk/client-sqs'
import { sqsDeadLetters } from '../../store/events/dead-letters-sqs.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { CLIENT } from '../aws/dynalite.ts'
import { openFaultyStores } from '../aws/faulty-stores.ts'
import { startSqs } from '../aws/sqs-endpoint.ts'
import { FAULTS } from '../faults.ts'
import { seededRandom } from '../seed.ts'
import type { Write } from '../store/events/record-model.ts'

const RATES = Object.fromEntries(FAULTS.filter((fault) => !fault.startsWith('silent')).map((fault) => [fault, 0.03]))

export interface WorldOptions {
  seed: number
  /** How often the outbox refuses a row that Firehose has refused, out of 1: then the event has to come again. */
  lost: number
}

/** The stores in AWS with the group `g`, and a dead-letter queue, behind connections and services that fail at random. */
export async function openIngestWorld({ seed, lost }: WorldOptions) {
  const random = seededRandom(seed)
  const opened = await openFaultyStores({
    seed,
    rates: { online: { ...RATES, failed: 0.1 }, history: { ...RATES, failed: 0.2 }, outbox: {} },
    refusals: { history: 0.2, outbox: lost },
  })
  const letters = await startSqs({ refuses: () => random() < 0.3 })
  const onError = () => {}
  const client = new SQSClient({ ...CLIENT, endpoint: letters.endpoint })
  const { stores } = opened
  await createFeatureGroup(stores, {
    FeatureGroupName: 'g',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'time',
    FeatureDefinitions: [
      { FeatureName: 'id', FeatureType: 'String' },
      { FeatureName: 'time', FeatureType: 'Fractional' },
      { FeatureName: 'x', FeatureType: 'Integral' },
    ],
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket' } },
  })
  const group = await stores.catalog.get('g')
  return {
    random,
    options: {
      stores,
      deadLetters: sqsDeadLetters(client, { queueUrl: letters.queueUrl, onError, backoffMs: 1 }),
      onError,
    },
    /** The texts of the events that were set aside, and why. */
    letters: () => letters.waiting().map(({ body, attributes }) => ({ body, reason: attributes['ErrorMessage'] })),
    async recordOf(id: string): Promise<unknown> {
      const version = await opened.reader.get(group?.groupId ?? '', id, Date.now())
      return version && JSON.parse(version.features)
    },
    /** The history's rows, each once, as the model has them. */
    async history(): Promise<string[]> {
      await opened.drain()
      return [...new Set(opened.taken.map(rowText))].sort()
    },
    async close(): Promise<void> {
      client.destroy()
      await letters.close()
      await opened.close()
    },
  }
}

/** The JSON text of the event that asks for a write. */
export function eventText({ operation, id, time, x }: Write): string {
  const Record = { id, ...(time !== undefined && { time }), ...(x !== undefined && { x }) }
  return JSON.stringify({ FeatureGroupName: 'g', Operation: operation, Record })
}

function rowText(text: string): string {
  const row = JSON.parse(text)
  const features = ['id', 'time', 'x'].flatMap((FeatureName) =>
    row[FeatureName] === null ? [] : [{ FeatureName, ValueAsString: String(row[FeatureName]) }],
  )
  return `${row.id} ${row.time} ${row.is_deleted} ${row.is_deleted ? null : JSON.stringify(features)}`
}
