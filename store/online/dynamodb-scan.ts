import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { type Item, readEnvelope } from './dynamodb-item.ts'
import { scanParams } from './dynamodb-params.ts'
import { orderedFeatures, type VersionReading } from './dynamodb-version.ts'
import type { FeatureOrder } from './feature-order.ts'
import type { ScannedPage, ScannedRecord, ScanOptions } from './online-store.ts'

export interface ScanTable {
  client: DynamoDBClient
  tableName: string
  featureOrder: FeatureOrder
}

/** A page of all that lies in a shard, by one query: up to 1 MB of items. Throws what the client throws. */
export async function scanPage(table: ScanTable, groupId: string, options: ScanOptions): Promise<ScannedPage> {
  const { client, tableName, featureOrder } = table
  const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(scanParams(tableName, groupId, options)))
  const reading = { groupId, featureOrder }
  const records = await Promise.all(Items.map((item) => readRecord(item, reading)))
  const next = LastEvaluatedKey?.['sk']?.S
  return next === undefined ? { records } : { records, next }
}

async function readRecord(item: Item, reading: VersionReading): Promise<ScannedRecord> {
  const envelope = readEnvelope(item)
  return { ...envelope, features: envelope.isDeleted ? '[]' : await orderedFeatures(item, reading) }
}
