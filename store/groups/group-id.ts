import { randomBytes } from 'node:crypto'

/**
 * An id for one creation of a feature group. It tells the number of its shards, so that the keys of its records can be
 * made from it alone.
 */
export function newGroupId(shardCount: number): string {
  return `${randomBytes(8).toString('hex')}-${shardCount}`
}

/** Over how many partitions the records of the group are spread. */
export function shardCountOf(groupId: string): number {
  const count = Number(groupId.slice(groupId.lastIndexOf('-') + 1))
  if (Number.isInteger(count) && count > 0) return count
  throw new Error(`group id ${groupId} does not end in a number of shards`)
}
