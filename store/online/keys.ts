import { hash } from 'node:crypto'
import { shardCountOf } from '../groups/group-id.ts'

/** The keys of the online table, both strings, and the attribute by which DynamoDB removes expired items. */
export const ONLINE_KEYS = { partition: 'pk', sort: 'sk', timeToLive: 'x' } as const

/** DynamoDB's limit for a sort key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_SORT_KEY_BYTES = 1_024
const DIGEST_CHARS = 64
const PADDING = '#'

/** Where a record lies in the online table. */
export interface OnlineKey {
  pk: string
  sk: string
}

/** The key of a record: its identifier is the sort key, in one of the partitions of its group. */
export function onlineKey(groupId: string, identifier: string): OnlineKey {
  const digest = hash('sha256', identifier, 'hex')
  const shard = Number.parseInt(digest.slice(0, 8), 16) % shardCountOf(groupId)
  return { pk: partitionKey(groupId, shard), sk: sortKey(identifier, digest) }
}

/** The key of one of the group's partitions, of which there are `shardCountOf(groupId)`. */
export function partitionKey(groupId: string, shard: number): string {
  return `${groupId}#${shard}`
}

/** The group that a partition key belongs to. */
export function groupIdOf(pk: string): string {
  return pk.slice(0, pk.lastIndexOf('#'))
}

/** True for an identifier that is not its own sort key: the item holds it in an attribute. */
export function isLongIdentifier(identifier: string): boolean {
  // No character takes more than three bytes of UTF-8 for each UTF-16 unit.
  return identifier.length * 3 >= MAX_SORT_KEY_BYTES && Buffer.byteLength(identifier) >= MAX_SORT_KEY_BYTES
}

/**
 * A long identifier becomes its beginning and its SHA-256, padded to the longest that a sort key can be: a length that
 * no identifier has which is its own sort key, so that the two can never be the same.
 */
function sortKey(identifier: string, digest: string): string {
  if (!isLongIdentifier(identifier)) return identifier
  const bytes = Buffer.from(identifier)
  const end = characterStart(bytes, MAX_SORT_KEY_BYTES - DIGEST_CHARS)
  return bytes.toString('utf8', 0, end) + PADDING.repeat(MAX_SORT_KEY_BYTES - DIGEST_CHARS - end) + digest
}

/** The last position up to `position` at which a character begins in UTF-8 text. */
function characterStart(bytes: Buffer, position: number): number {
  let start = position
  while (((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000) start -= 1
  return start
}
