import { seededRandom } from '../../seed.ts'
import type { Input } from '../bad-input/request.ts'
import { type Client, NoAnswer } from './client.ts'
import type { Ledger } from './ledger.ts'
import type { Change, EventTime } from './record-model.ts'

export const GROUP = 'killed'
const OWN_RECORDS = 12
const SHARED_RECORDS = 8
const MAX_ENTRIES = 25
const START_SECONDS = 1_000_000_000
const LATE_SECONDS = 200

/** A whole number from 0 up to but without `below`. */
export type Random = (below: number) => number

/** The same numbers for the same seed. */
export function randomBelow(seed: number): Random {
  const random = seededRandom(seed)
  return (below) => Math.floor(random() * below)
}

export interface WriterOptions {
  name: string
  client: Client
  ledger: Ledger
  random: Random
  /** A number that no other change has had. */
  nextNumber: () => number
}

/** Writes one request after the other until the server is gone; says how many were acknowledged. */
export async function writeUntilGone(options: WriterOptions): Promise<number> {
  const { client, ledger } = options
  for (let acknowledged = 0; ; acknowledged++) {
    const changes = someChanges(options)
    const request = ledger.expect(changes)
    try {
      const { status, body } = await send(client, changes)
      if (status !== request.status)
        throw new Error(`${JSON.stringify(changes)}: ${status} ${body}, not ${request.status}`)
      if (changes.length > 1) assertAllWritten(body)
      ledger.commit(request)
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      ledger.leaveOpen(request)
      return acknowledged
    }
  }
}

function assertAllWritten(body: string): void {
  const { Errors, UnprocessedEntries } = JSON.parse(body)
  if (Errors.length + UnprocessedEntries.length > 0) throw new Error(`entries were not written: ${body}`)
}

const KINDS = ['put', 'put', 'batch', 'softDelete', 'hardDelete', 'update', 'update'] as const

function someChanges(options: WriterOptions): Change[] {
  const kind = KINDS[options.random(KINDS.length)] ?? 'put'
  if (kind !== 'batch') return [someChange(options, kind)]
  return Array.from({ length: 2 + options.random(MAX_ENTRIES - 1) }, () => someChange(options, 'put'))
}

function someChange({ name, random, nextNumber }: WriterOptions, kind: Change['kind']): Change {
  const number = nextNumber()
  const isShared = (kind === 'put' || kind === 'softDelete') && random(3) === 0
  const identifier = isShared ? `shared ${random(SHARED_RECORDS)}` : `${name} ${random(OWN_RECORDS)}`
  const change: Change = { kind, identifier, value: `value ${number}` }
  if (kind === 'update' && random(2) === 0) return change
  return { ...change, time: timeOf(number, random(4) === 0 ? random(LATE_SECONDS) : 0) }
}

/** A time of the number's own, as many seconds late: its microseconds tell it from others of the same second. */
function timeOf(number: number, secondsLate: number): EventTime {
  const seconds = START_SECONDS + number - secondsLate
  const fraction = number % 1_000_000
  return {
    micros: BigInt(seconds) * 1_000_000n + BigInt(fraction),
    text: `${seconds}.${String(fraction).padStart(6, '0')}`,
  }
}

function send(client: Client, changes: Change[]) {
  const [change] = changes
  if (change === undefined || changes.length > 1) {
    return client.call('BatchWriteRecord', { Entries: changes.map((entry) => putOf(entry)) })
  }
  const { kind, identifier, value, time } = change
  if (kind === 'put') return client.call('PutRecord', putOf(change))
  const key = { FeatureGroupName: GROUP, RecordIdentifierValueAsString: identifier }
  if (kind === 'update') {
    const timeFeature = time === undefined ? [] : [{ FeatureName: 'time', ValueAsString: time.text }]
    return client.call('UpdateRecord', {
      ...key,
      Features: [{ FeatureName: 'value', ValueAsString: value }, ...timeFeature],
    })
  }
  const DeletionMode = kind === 'hardDelete' ? 'HardDelete' : 'SoftDelete'
  return client.call('DeleteRecord', { ...key, EventTime: time?.text ?? '', DeletionMode })
}

function putOf({ identifier, value, time }: Change): Input {
  const Record = [
    { FeatureName: 'id', ValueAsString: identifier },
    { FeatureName: 'time', ValueAsString: time?.text ?? '' },
    { FeatureName: 'value', ValueAsString: value },
    { FeatureName: 'kept', ValueAsString: value },
  ]
  return { FeatureGroupName: GROUP, Record }
}

export const GROUP_REQUEST: Input = {
  FeatureGroupName: GROUP,
  RecordIdentifierFeatureName: 'id',
  EventTimeFeatureName: 'time',
  FeatureDefinitions: [
    { FeatureName: 'id', FeatureType: 'String' },
    { FeatureName: 'time', FeatureType: 'Fractional' },
    { FeatureName: 'value', FeatureType: 'String' },
    { FeatureName: 'kept', FeatureType: 'String' },
  ],
  OnlineStoreConfig: { EnableOnlineStore: true },
  OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://bucket/prefix' } },
}
