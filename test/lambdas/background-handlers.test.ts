import { type AttributeValue, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deletedItem, groupItem, pointerItem } from '../../store/catalog/items.ts'
import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { keyItem } from '../../store/online/dynamodb-item.ts'
import { onlineKey } from '../../store/online/keys.ts'
import { captureOutput, linesOf } from './captured-lines.ts'
import { type Aws, contextWith, startAws } from './lambda-environment.ts'

captureOutput()

const group: FeatureGroup = {
  groupId: 'aaaa-4',
  revision: 1,
  FeatureGroupName: 'orders',
  FeatureGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:feature-group/orders',
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'time',
  FeatureDefinitions: ['id', 'time', 'text'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
  OnlineStoreConfig: { StorageType: 'Standard' },
  OfflineStoreConfig: {
    S3StorageConfig: { S3Uri: 's3://bucket', ResolvedOutputS3Uri: 's3://warehouse/orders_1' },
    DisableGlueTableCreation: false,
    DataCatalogConfig: { TableName: 'orders_1', Catalog: 'AwsDataCatalog', Database: 'cairn_offline' },
  },
  Tags: [],
  creationTime: 0,
  lastModifiedTime: 0,
  isUpdated: false,
  additions: [],
}
const { OfflineStoreConfig: _, ...online } = group
const onlineOnly: FeatureGroup = { ...online, groupId: 'bbbb-4', FeatureGroupName: 'sessions' }
const deleted: FeatureGroup = { ...group, groupId: 'cccc-4', FeatureGroupName: 'gone' }

let aws: Aws
let isFirehoseAway = false
beforeAll(async () => {
  aws = await startAws({ refuses: () => isFirehoseAway })
  const TableName = aws.tables.CATALOG_TABLE
  for (const Item of [
    ...[group, onlineOnly].flatMap((each) => [groupItem(each), pointerItem(each)]),
    deletedItem(deleted),
  ]) {
    await aws.client.send(new PutItemCommand({ TableName, Item }))
  }
})
afterAll(() => aws.close())
beforeEach(() => {
  isFirehoseAway = false
  aws.firehose.taken.length = 0
  for (const { messageId } of aws.sqs.receive(100)) aws.sqs.remove(messageId)
})

const HOUR = 3_600
const TIME = 1_767_225_600

/** An item as the online table has it. */
function item(groupId: string, identifier: string): { [attribute: string]: AttributeValue } {
  return {
    ...keyItem(onlineKey(groupId, identifier)),
    t: { N: String(TIME * 1_000_000) },
    e: { S: '2026-01-01T00:00:00Z' },
    f: { M: { id: { S: identifier }, time: { S: '2026-01-01T00:00:00Z' } } },
    l: { N: String(HOUR) },
    x: { N: String(TIME + HOUR) },
  }
}

/** A record of the stream as DynamoDB writes it for a removal by time to live. */
function removal(sequence: number, OldImage: { [attribute: string]: AttributeValue }, by?: object): DynamoDBRecord {
  const record = {
    eventID: `event-${sequence}`,
    eventName: 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    userIdentity: by ?? { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    dynamodb: {
      ApproximateCreationDateTime: TIME + HOUR + 60,
      Keys: { pk: OldImage['pk'], sk: OldImage['sk'] },
      OldImage,
      SequenceNumber: String(sequence),
      SizeBytes: 100,
      StreamViewType: 'OLD_IMAGE',
    },
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/online/stream/2026-11-21T00:00:00.000',
  }
  return record as DynamoDBRecord
}

describe('expiry', () => {
  async function expire(...Records: DynamoDBRecord[]): Promise<DynamoDBBatchResponse> {
    const { handler } = await import('../../lambdas/expiry/handler.ts')
    const event: DynamoDBStreamEvent = { Records }
    return await handler(event, contextWith())
  }
  const rows = () => aws.firehose.taken.map((text) => JSON.parse(text))

  it('appends a deletion marker with the end of the time to live as its event time', async () => {
    expect(await expire(removal(1, item(group.groupId, 'a')))).toEqual({ batchItemFailures: [] })
    expect(rows()).toMatchObject([
      {
        _table: 'orders_1',
        id: 'a',
        time: '2026-01-01T01:00:00Z',
        _event_time: (TIME + HOUR) * 1_000_000,
        is_deleted: true,
        text: null,
      },
    ])
  })
  it('takes the identifier and the time from the item where its keys do not tell them', async () => {
    const identifier = 'x'.repeat(2_000)
    const moved = { ...item(group.groupId, identifier), id: { S: identifier }, x: { N: String(TIME + 9 * HOUR) } }
    await expire(removal(1, moved))
    expect(rows()).toMatchObject([{ id: identifier, _event_time: (TIME + HOUR) * 1_000_000 }])
  })
  it('passes over removals by anybody else', async () => {
    const byUser = { type: 'IAMUser', principalId: 'AIDAEXAMPLE' }
    const modified = { ...removal(2, item(group.groupId, 'b')), eventName: 'MODIFY' as const }
    expect(await expire(removal(1, item(group.groupId, 'a'), byUser), modified)).toEqual({ batchItemFailures: [] })
    expect(rows()).toEqual([])
  })
  it('passes over groups without an offline store, deleted groups and groups that nobody knows', async () => {
    const groups = [onlineOnly.groupId, deleted.groupId, 'dddd-4']
    const records = groups.map((groupId, index) => removal(index, item(groupId, 'a')))
    expect(await expire(...records)).toEqual({ batchItemFailures: [] })
    expect(rows()).toEqual([])
  })
  it('goes on after an item that is no record, and logs it', async () => {
    const broken = removal(1, { pk: { S: 'aaaa-4#0' }, sk: { S: 'a' } })
    const lines = await linesOf(() => expire(broken, removal(2, item(group.groupId, 'b'))))
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: expect.stringContaining('no record') }),
    )
    expect(rows()).toMatchObject([{ id: 'b' }])
  })
  it('leaves markers in the outbox that Firehose does not take', async () => {
    isFirehoseAway = true
    expect(await expire(removal(1, item(group.groupId, 'a')))).toEqual({ batchItemFailures: [] })
    const [message] = aws.sqs.waiting().map(({ body }) => JSON.parse(body))
    expect(message).toMatchObject([{ identifier: 'a', isDeleted: true }])
  })
})

describe('offline-outbox', () => {
  it('brings rows to the history, and keeps the messages whose rows Firehose does not take', async () => {
    isFirehoseAway = true
    const { handler: expiry } = await import('../../lambdas/expiry/handler.ts')
    await expiry({ Records: [removal(1, item(group.groupId, 'waiting'))] }, contextWith())
    const { handler } = await import('../../lambdas/offline-outbox/handler.ts')
    const event = { Records: aws.sqs.waiting() } as unknown as SQSEvent
    const drain = async (): Promise<SQSBatchResponse> => await handler(event, contextWith())
    expect(await drain()).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] })
    isFirehoseAway = false
    expect(await drain()).toEqual({ batchItemFailures: [] })
    expect(aws.firehose.taken.map((text) => JSON.parse(text))).toMatchObject([{ id: 'waiting', is_deleted: true }])
  })
})

describe('jobs', () => {
  async function cleanUp(groupId: string, timeLeftMs?: number): Promise<void> {
    const { handler } = await import('../../lambdas/jobs/handler.ts')
    const body = JSON.stringify({ kind: 'group-cleanup', groupId })
    const attributes = { ApproximateReceiveCount: '1' }
    const record = { messageId: 'job', receiptHandle: 'job', body, attributes }
    await handler({ Records: [record] } as unknown as SQSEvent, contextWith(timeLeftMs))
  }
  async function itemsOf({ groupId }: FeatureGroup): Promise<number> {
    const { Items = [] } = await aws.client.send(new ScanCommand({ TableName: aws.tables.ONLINE_TABLE }))
    return Items.filter(({ pk }) => pk?.S?.startsWith(`${groupId}#`)).length
  }
  async function store({ groupId }: FeatureGroup, count: number): Promise<void> {
    const TableName = aws.tables.ONLINE_TABLE
    const items = Array.from({ length: count }, (_, index) => item(groupId, `record-${index}`))
    await Promise.all(items.map((Item) => aws.client.send(new PutItemCommand({ TableName, Item }))))
  }

  it('removes the records of a deleted group, and no others', async () => {
    await store(deleted, 60)
    await store(group, 3)
    await cleanUp(deleted.groupId)
    expect(await itemsOf(deleted)).toBe(0)
    expect(await itemsOf(group)).toBe(3)
  })
  it('leaves a group alone that exists', async () => {
    await store(group, 3)
    await cleanUp(group.groupId)
    expect(await itemsOf(group)).toBe(3)
  })
  it('queues the rest of its work when the time is nearly up', async () => {
    await store(deleted, 3)
    await cleanUp(deleted.groupId, 10_000)
    expect(aws.sqs.waiting().map(({ body }) => JSON.parse(body))).toEqual([
      { kind: 'group-cleanup', groupId: deleted.groupId },
    ])
  })
})
