import { expect } from 'vitest'
import { type Answer, keptConnection } from './connection.ts'
import { type Input, toBytes, toRequest } from './request.ts'
import type { OperationName } from './shapes.ts'

export const ACCOUNT = '000000000000'
export const REGION = 'us-east-1'

/** The groups that every case finds: one with every type, one whose keys are numbers, and two with one store each. */
export const GROUP = { wide: 'wide', numbers: 'numbers', online: 'online-only', offline: 'offline-only' } as const

export function arnOf(name: string): string {
  return `arn:aws:sagemaker:${REGION}:${ACCOUNT}:feature-group/${name}`
}

/** Calls an operation with an input that must be accepted. */
export type Call = (operation: OperationName, input: Input) => Promise<Answer>

export function caller(port: number) {
  const connection = keptConnection(port)
  const call: Call = async (operation, input) => {
    const answer = await connection.exchange(toBytes(toRequest(operation, input)))
    expect(answer, `${operation} ${JSON.stringify(input).slice(0, 300)}`).toMatchObject({ status: 200 })
    return answer
  }
  return { call, close: connection.close }
}

export const KEYS = { RecordIdentifierFeatureName: 'id', EventTimeFeatureName: 'time' }
const STRING_KEYS = [
  { FeatureName: 'id', FeatureType: 'String' },
  { FeatureName: 'time', FeatureType: 'String' },
]
const ONLINE = { EnableOnlineStore: true }
const OFFLINE = { S3StorageConfig: { S3Uri: 's3://bucket/prefix' } }

export const WIDE_DEFINITIONS: Input[] = [
  ...STRING_KEYS,
  { FeatureName: 'text', FeatureType: 'String' },
  { FeatureName: 'count', FeatureType: 'Integral' },
  { FeatureName: 'ratio', FeatureType: 'Fractional' },
  { FeatureName: 'words', FeatureType: 'String', CollectionType: 'List' },
  { FeatureName: 'codes', FeatureType: 'Integral', CollectionType: 'Set' },
  {
    FeatureName: 'place',
    FeatureType: 'Fractional',
    CollectionType: 'Vector',
    CollectionConfig: { VectorConfig: { Dimension: 3 } },
  },
]

export const EVENT_TIME = '2025-06-01T12:00:00.000Z'

/** A record of the group `wide` with a value for every feature. */
export function wideRecord(identifier: string): Input[] {
  return [
    { FeatureName: 'id', ValueAsString: identifier },
    { FeatureName: 'time', ValueAsString: EVENT_TIME },
    { FeatureName: 'text', ValueAsString: 'Grüße, 世界' },
    { FeatureName: 'count', ValueAsString: '-42' },
    { FeatureName: 'ratio', ValueAsString: '0.25' },
    { FeatureName: 'words', ValueAsStringList: ['a', 'b', 'a'] },
    { FeatureName: 'codes', ValueAsStringList: ['1', '2'] },
    { FeatureName: 'place', ValueAsStringList: ['0.5', '1', '-2e3'] },
  ]
}

/** Fills an empty store with what the cases need, and gives the token of a second page of records. */
export async function seed(call: Call): Promise<{ recordsToken: string }> {
  await seedGroups(call)
  for (const id of ['seed', 'seed-2', 'gone']) {
    await call('PutRecord', { FeatureGroupName: GROUP.wide, Record: wideRecord(id) })
  }
  await call('DeleteRecord', {
    FeatureGroupName: GROUP.wide,
    RecordIdentifierValueAsString: 'gone',
    EventTime: '2025-06-02T00:00:00Z',
  })
  const numbers = [
    { FeatureName: 'id', ValueAsString: '1' },
    { FeatureName: 'time', ValueAsString: '1700000000.5' },
  ]
  await call('PutRecord', { FeatureGroupName: GROUP.numbers, Record: numbers })
  const page = await call('ListRecords', {
    FeatureGroupName: GROUP.wide,
    MaxResults: 1,
    IncludeSoftDeletedRecords: true,
  })
  return { recordsToken: String(JSON.parse(page.body).NextToken) }
}

async function seedGroups(call: Call): Promise<void> {
  const both = { OnlineStoreConfig: ONLINE, OfflineStoreConfig: OFFLINE }
  const numberKeys = [
    { FeatureName: 'id', FeatureType: 'Integral' },
    { FeatureName: 'time', FeatureType: 'Fractional' },
  ]
  const groups: [name: string, FeatureDefinitions: Input[], stores: Input][] = [
    [GROUP.wide, WIDE_DEFINITIONS, { ...both, Tags: [{ Key: 'team', Value: 'fraud' }] }],
    [GROUP.numbers, numberKeys, both],
    [GROUP.online, STRING_KEYS, { OnlineStoreConfig: ONLINE }],
    [GROUP.offline, STRING_KEYS, { OfflineStoreConfig: OFFLINE }],
  ]
  for (const [FeatureGroupName, FeatureDefinitions, stores] of groups) {
    await call('CreateFeatureGroup', { FeatureGroupName, FeatureDefinitions, ...KEYS, ...stores })
  }
  await call('UpdateFeatureMetadata', {
    FeatureGroupName: GROUP.wide,
    FeatureName: 'count',
    Description: 'how many',
    ParameterAdditions: [{ Key: 'unit', Value: 'pieces' }],
  })
}
