import type { Tree } from './json.ts'
import type { Input } from './request.ts'
import { arnOf, EVENT_TIME, GROUP, KEYS, WIDE_DEFINITIONS, wideRecord } from './seeded-store.ts'
import type { OperationName } from './shapes.ts'

/** An input at a limit, which is accepted, and the one past it, which is refused. */
export interface NearMiss {
  limit: string
  operation: OperationName
  at: Input
  past: Input
}

/** A group with more features than an update may have. */
export const MANY_FEATURES = {
  FeatureGroupName: 'many-features',
  ...KEYS,
  FeatureDefinitions: [...WIDE_DEFINITIONS.slice(0, 2), ...Array.from({ length: 101 }, (_, i) => definition(`f${i}`))],
  OnlineStoreConfig: { EnableOnlineStore: true },
}

const wide = { FeatureGroupName: GROUP.wide }

function definition(FeatureName: string): Input {
  return { FeatureName, FeatureType: 'String' }
}

function times<T extends Tree>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => item(index))
}

function put(record: Input[], more: Input = {}): Input {
  return { ...wide, Record: record, ...more }
}

function withFeature(FeatureName: string, value: Input): Input {
  const keys = wideRecord('near').filter(
    (feature) => feature['FeatureName'] === 'id' || feature['FeatureName'] === 'time',
  )
  return put([...keys.filter((key) => key['FeatureName'] !== FeatureName), { FeatureName, ...value }])
}

function scalar(FeatureName: string, text: string): Input {
  return withFeature(FeatureName, { ValueAsString: text })
}

function numberTime(text: string): Input {
  const record = [
    { FeatureName: 'id', ValueAsString: '2' },
    { FeatureName: 'time', ValueAsString: text },
  ]
  return { FeatureGroupName: GROUP.numbers, Record: record }
}

const LIMITS_OF_RECORDS: NearMiss[] = [
  near('2,048 bytes of identifier', 'PutRecord', scalar('id', 'x'.repeat(2_048)), scalar('id', 'x'.repeat(2_049))),
  near('2,048 bytes of accents', 'PutRecord', scalar('id', 'é'.repeat(1_024)), scalar('id', 'é'.repeat(1_025))),
  near('350 KB of record', 'PutRecord', recordOf(358_400), recordOf(358_401)),
  near('signed 64 bits', 'PutRecord', scalar('count', '9223372036854775807'), scalar('count', '9223372036854775808')),
  near(
    'negative 64 bits',
    'PutRecord',
    scalar('count', '-9223372036854775808'),
    scalar('count', '-9223372036854775809'),
  ),
  near('the largest double', 'PutRecord', scalar('ratio', '1.7976931348623157e308'), scalar('ratio', '1.8e308')),
  near(
    'the last time',
    'PutRecord',
    scalar('time', '9999-12-31T23:59:59.999Z'),
    scalar('time', '10000-01-01T00:00:00Z'),
  ),
  near('the first time', 'PutRecord', scalar('time', '0000-01-01T00:00:00Z'), scalar('time', '-0001-12-31T23:59:59Z')),
  near('leap days', 'PutRecord', scalar('time', '2024-02-29T00:00:00Z'), scalar('time', '2025-02-29T00:00:00Z')),
  near(
    'milliseconds',
    'PutRecord',
    scalar('time', '2025-01-01T00:00:00.123Z'),
    scalar('time', '2025-01-01T00:00:00.1234Z'),
  ),
  near('the last number', 'PutRecord', numberTime('253402300799.999999'), numberTime('253402300800')),
  near('the first number', 'PutRecord', numberTime('-62167219200'), numberTime('-62167219200.000001')),
  near(
    'the vector',
    'PutRecord',
    withFeature('place', list('1', '2', '3')),
    withFeature('place', list('1', '2', '3', '4')),
  ),
  near('a list may be empty', 'PutRecord', withFeature('words', list()), withFeature('place', list())),
  near('an empty text', 'PutRecord', scalar('text', ''), scalar('count', '')),
  near('no value at all', 'PutRecord', withFeature('text', {}), withFeature('time', {})),
  near(
    'both stores',
    'PutRecord',
    stores('OnlineStore', 'OfflineStore'),
    stores('OnlineStore', 'OfflineStore', 'OnlineStore'),
  ),
  near('seconds to live', 'PutRecord', timeToLive(2_147_483_647), timeToLive(2_147_483_648)),
  near('a second to live', 'PutRecord', timeToLive(1), timeToLive(0)),
  near('names', 'GetRecord', get({ FeatureNames: ['id'] }), get({ FeatureNames: ['Id'] })),
  near(
    'ARNs',
    'GetRecord',
    get({ FeatureGroupName: arnOf(GROUP.wide) }),
    get({ FeatureGroupName: arnOf('x'.repeat(96)) }),
  ),
  near('25 entries', 'BatchWriteRecord', { Entries: entries(25) }, { Entries: entries(26) }),
  near('100 identifiers', 'BatchGetRecord', identifiers(1, 100), identifiers(1, 101)),
  near('100 blocks', 'BatchGetRecord', identifiers(100, 1), identifiers(101, 1)),
  near('100 results', 'ListRecords', { ...wide, MaxResults: 100 }, { ...wide, MaxResults: 101 }),
  near('a result', 'ListRecords', { ...wide, MaxResults: 1 }, { ...wide, MaxResults: 0 }),
  near('100 features', 'UpdateRecord', update(100), update(101)),
  near('the time of the record', 'UpdateRecord', retimed(EVENT_TIME), retimed('2025-06-01T11:59:59.999Z')),
]

function near(limit: string, operation: OperationName, at: Input, past: Input): NearMiss {
  return { limit, operation, at, past }
}

/** A put whose names and values have so many bytes. */
function recordOf(bytes: number): Input {
  const others = 'id'.length + 'near'.length + 'time'.length + EVENT_TIME.length + 'text'.length
  return scalar('text', 'x'.repeat(bytes - others))
}

function list(...ValueAsStringList: string[]): Input {
  return { ValueAsStringList }
}

function stores(...TargetStores: string[]): Input {
  return put(wideRecord('near'), { TargetStores })
}

function timeToLive(Value: number): Input {
  return put(wideRecord('brief'), { TtlDuration: { Unit: 'Seconds', Value } })
}

function get(changed: Input): Input {
  return { ...wide, RecordIdentifierValueAsString: 'seed', ...changed }
}

function entries(count: number): Input[] {
  return times(count, (index) => put(wideRecord(`entry ${index}`)))
}

function identifiers(blocks: number, each: number): Input {
  return { Identifiers: times(blocks, () => ({ ...wide, RecordIdentifiersValueAsString: times(each, String) })) }
}

function update(count: number): Input {
  return {
    FeatureGroupName: MANY_FEATURES.FeatureGroupName,
    RecordIdentifierValueAsString: 'seed',
    Features: times(count, (index) => ({ FeatureName: `f${index}`, ValueAsString: 'x' })),
  }
}

function retimed(time: string): Input {
  return {
    ...wide,
    RecordIdentifierValueAsString: 'seed',
    Features: [{ FeatureName: 'time', ValueAsString: time }],
  }
}

let groups = 0

function creation(changed: Input): Input {
  groups += 1
  return {
    FeatureGroupName: `near-${groups}`,
    ...KEYS,
    FeatureDefinitions: WIDE_DEFINITIONS.slice(0, 2),
    OnlineStoreConfig: { EnableOnlineStore: true },
    ...changed,
  }
}

function definitions(count: number): Input {
  const more = times(count - 2, (index) => definition(`feature_${index}`))
  return creation({ FeatureDefinitions: [...WIDE_DEFINITIONS.slice(0, 2), ...more] })
}

function vector(Dimension: number): Input {
  const CollectionConfig = { VectorConfig: { Dimension } }
  const feature = { FeatureName: 'v', FeatureType: 'Fractional', CollectionType: 'Vector', CollectionConfig }
  return creation({ FeatureDefinitions: [...WIDE_DEFINITIONS.slice(0, 2), feature] })
}

function tags(count: number, Key = 'key', Value = 'value'): Input[] {
  return times(count, (index) => ({ Key: index === 0 ? Key : `${Key}${index}`, Value }))
}

function additions(prefix: string, count: number): Input {
  return { ...wide, FeatureAdditions: times(count, (index) => definition(`${prefix}${index}`)) }
}

function described(changed: Input): Input {
  return { ...wide, FeatureName: 'text', ...changed }
}

function parameters(count: number, Key = 'key', Value = 'value'): Input {
  return described({ FeatureName: 'words', ParameterAdditions: tags(count, Key, Value) })
}

function filters(count: number, Value = 'a'): Input {
  const filter = { Name: 'FeatureGroupName', Operator: 'Contains', Value }
  const others = times(count - 1, () => ({ Name: 'FeatureGroupName', Operator: 'Exists' }))
  return { Resource: 'FeatureGroup', SearchExpression: { Filters: [filter, ...others] } }
}

const numbers = { ResourceArn: arnOf(GROUP.numbers) }

const LIMITS_OF_GROUPS: NearMiss[] = [
  near(
    '64 characters',
    'CreateFeatureGroup',
    creation({ FeatureGroupName: 'n'.repeat(64) }),
    creation({ FeatureGroupName: 'n'.repeat(65) }),
  ),
  near(
    'dashes within',
    'CreateFeatureGroup',
    creation({ FeatureGroupName: 'n-_-1' }),
    creation({ FeatureGroupName: 'n-_-' }),
  ),
  near('2,500 features', 'CreateFeatureGroup', definitions(2_500), definitions(2_501)),
  near('8,192 dimensions', 'CreateFeatureGroup', vector(8_192), vector(8_193)),
  near(
    '128 characters',
    'CreateFeatureGroup',
    creation({ Description: '💣'.repeat(128) }),
    creation({ Description: '💣'.repeat(129) }),
  ),
  near('50 tags', 'CreateFeatureGroup', creation({ Tags: tags(50) }), creation({ Tags: tags(51) })),
  near(
    '128 letters',
    'CreateFeatureGroup',
    creation({ Tags: tags(1, 'ß'.repeat(128)) }),
    creation({ Tags: tags(1, 'ß'.repeat(129)) }),
  ),
  near(
    '256 letters',
    'CreateFeatureGroup',
    creation({ Tags: tags(1, 'k', 'v'.repeat(256)) }),
    creation({ Tags: tags(1, 'k', 'v'.repeat(257)) }),
  ),
  near('100 additions', 'UpdateFeatureGroup', additions('a', 100), additions('b', 101)),
  near(
    '255 characters',
    'UpdateFeatureMetadata',
    described({ Description: 'd'.repeat(255) }),
    described({ Description: 'd'.repeat(256) }),
  ),
  near('25 parameters', 'UpdateFeatureMetadata', parameters(25), parameters(26)),
  near(
    '255 letters',
    'UpdateFeatureMetadata',
    parameters(1, 'key', 'v'.repeat(255)),
    parameters(1, 'key', 'v'.repeat(256)),
  ),
  near('50 keys', 'DeleteTags', { ...numbers, TagKeys: times(50, String) }, { ...numbers, TagKeys: times(51, String) }),
  near('a page of tags', 'ListTags', { ...numbers, MaxResults: 50 }, { ...numbers, MaxResults: 49 }),
  near('a page of groups', 'ListFeatureGroups', { MaxResults: 100 }, { MaxResults: 101 }),
  near('a part of a name', 'ListFeatureGroups', { NameContains: 'n'.repeat(64) }, { NameContains: 'n'.repeat(65) }),
  near('20 filters', 'Search', filters(20), filters(21)),
  near('1,024 characters', 'Search', filters(1, 'a'.repeat(1_024)), filters(1, 'a'.repeat(1_025))),
]

export const NEAR_MISSES: NearMiss[] = [...LIMITS_OF_RECORDS, ...LIMITS_OF_GROUPS]
