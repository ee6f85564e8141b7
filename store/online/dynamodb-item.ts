import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Put, SoftDelete } from '../records/change.ts'
import type { EventTime } from '../records/event-time.ts'
import { cappedExpiresAt } from '../records/time-to-live.ts'
import type { FeatureValue } from '../requests/model.ts'
import { isLongIdentifier, type OnlineKey, onlineKey } from './keys.ts'
import type { ScannedRecord } from './online-store.ts'

/**
 * An item of the online table, besides its key: `t` the event time in microseconds, `e` the same as the caller wrote
 * it, `f` the features by name, `l` the time to live in seconds, `x` when it ends, `d` true in a tombstone, `w` when it
 * was written in milliseconds, `id` the identifier if it is too long to be the sort key. A tombstone of a delete session
 * has its name in `s`, and hides what the record was: `h` the features, `hx` when it ends, and `l` as it is, which may
 * be missing and could not be moved then. What an undo restored keeps `s`.
 */
export type Item = { [attribute: string]: AttributeValue }

/** DynamoDB removes no item whose time to live ended over five years ago, and may take days: a year is left for it. */
const OLDEST_REMOVED_SECONDS = 4 * 365 * 86_400

/** The item of a record's version. */
export function versionItem({ target, version }: Put, now: number): Item {
  const { identifier, ttlSeconds } = version
  return {
    ...keyItem(onlineKey(target.groupId, identifier)),
    ...(isLongIdentifier(identifier) && { id: { S: identifier } }),
    t: { N: String(version.eventTime) },
    e: { S: version.eventTimeText },
    w: { N: String(now) },
    f: { M: featureAttributes(version.features) },
    ...(ttlSeconds !== undefined && {
      l: { N: String(ttlSeconds) },
      x: timeToLive(version.eventTime, ttlSeconds, now),
    }),
  }
}

/** The item that a soft delete leaves, which fences older events and never expires. */
export function tombstoneItem({ target, identifier, eventTime, eventTimeText }: SoftDelete, now: number): Item {
  return {
    ...keyItem(onlineKey(target.groupId, identifier)),
    ...(isLongIdentifier(identifier) && { id: { S: identifier } }),
    t: { N: String(eventTime) },
    e: { S: eventTimeText },
    w: { N: String(now) },
    d: { BOOL: true },
  }
}

/** A key as it lies in an item. */
export function keyItem({ pk, sk }: OnlineKey) {
  return { pk: { S: pk }, sk: { S: sk } } satisfies Item
}

/** The attribute by which DynamoDB removes the item: when it expires, but not longer ago than it would look. */
export function timeToLive(eventTime: EventTime, ttlSeconds: number, now: number): { N: string } {
  const oldest = Math.floor(now / 1000) - OLDEST_REMOVED_SECONDS
  return { N: String(Math.max(cappedExpiresAt(eventTime, ttlSeconds), oldest)) }
}

/** A FeatureValue, given as its JSON text, as it lies in an item. */
export function featureAttribute(json: string): AttributeValue {
  return toAttribute(JSON.parse(json) as FeatureValue)
}

function featureAttributes(features: string): Item {
  const values = JSON.parse(features) as FeatureValue[]
  return Object.fromEntries(values.map((value) => [value.FeatureName, toAttribute(value)]))
}

function toAttribute({ ValueAsString, ValueAsStringList }: FeatureValue): AttributeValue {
  if (ValueAsStringList != null) return { L: ValueAsStringList.map((element) => ({ S: element })) }
  return { S: ValueAsString ?? '' }
}

/** All that lies in an item but its features, which have no order there. */
export type Envelope = Omit<ScannedRecord, 'features'>

/** Reads an item. When it expires is computed anew: `x` may have been moved, or lie past the last year there is. */
export function readEnvelope(item: Item): Envelope {
  const eventTime = BigInt(text(item, 't', 'N'))
  const isDeleted = item['d'] !== undefined
  return {
    identifier: readIdentifier(item),
    eventTime,
    eventTimeText: text(item, 'e', 'S'),
    isDeleted,
    writtenAt: Number(item['w']?.N ?? 0),
    ...(item['s'] !== undefined && { session: text(item, 's', 'S') }),
    ...(isDeleted ? item['h'] !== undefined && { hasPayload: true } : readTimeToLive(item, eventTime)),
  }
}

function readTimeToLive(item: Item, eventTime: EventTime): Pick<Envelope, 'ttlSeconds' | 'expiresAt'> {
  if (item['l'] === undefined) return {}
  const ttlSeconds = Number(text(item, 'l', 'N'))
  return { ttlSeconds, expiresAt: cappedExpiresAt(eventTime, ttlSeconds) }
}

/** The identifier of the record that an item belongs to. */
export function readIdentifier(item: Item): string {
  return item['id']?.S ?? text(item, 'sk', 'S')
}

/**
 * The JSON text of an item's FeatureValue list, in the order given. Features that the order does not have come last, by
 * name, and the list is not in order then.
 */
export function readFeatures(item: Item, order: readonly string[]): { features: string; isInOrder: boolean } {
  const values = new Map(Object.entries(item['f']?.M ?? {}))
  const texts: string[] = []
  for (const name of order) {
    const value = values.get(name)
    if (value === undefined) continue
    texts.push(featureJson(name, value))
    values.delete(name)
  }
  const unordered = [...values].sort(([a], [b]) => (a < b ? -1 : 1))
  texts.push(...unordered.map(([name, value]) => featureJson(name, value)))
  return { features: `[${texts.join(',')}]`, isInOrder: values.size === 0 }
}

function featureJson(FeatureName: string, value: AttributeValue): string {
  if (value.L === undefined) return JSON.stringify({ FeatureName, ValueAsString: value.S })
  return JSON.stringify({ FeatureName, ValueAsStringList: value.L.map((element) => element.S) })
}

function text(item: Item, attribute: string, type: 'S' | 'N'): string {
  const value = item[attribute]?.[type]
  if (value === undefined) throw new Error(`an item of the online table has no attribute ${attribute} of type ${type}`)
  return value
}
