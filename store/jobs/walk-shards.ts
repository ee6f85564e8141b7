import type { DeleteSession, ShardCursor } from '../deletes/delete-session.ts'
import type { Awaitable, OnlineReader, ScannedPage } from '../online/online-store.ts'

export interface Walk {
  online: Pick<OnlineReader, 'scan'>
  limit: number
  /** Only records that bear the mark of that session. */
  tombstonesOf?: string
}

/** So that a step of a group with many shards takes no longer, and its cursors no more space. */
const MAX_SHARDS_AT_ONCE = 16

/** As `walkShards`, of pages that `read` reads. */
export async function walkPages<Page extends { next?: string }>(
  cursors: ShardCursor[],
  read: (place: { shard: number; after?: string }) => Awaitable<Page>,
  use: (page: Page) => Promise<void> | void,
): Promise<ShardCursor[]> {
  const open = cursors.flatMap(({ isDone }, shard) => (isDone ? [] : [shard]))
  const walked = new Set(open.slice(0, MAX_SHARDS_AT_ONCE))
  return await Promise.all(
    cursors.map(async (cursor, shard) => {
      if (!walked.has(shard)) return cursor
      const page = await read({ shard, ...(cursor.after !== undefined && { after: cursor.after }) })
      await use(page)
      return page.next === undefined ? { isDone: true } : { after: page.next, isDone: false }
    }),
  )
}

/**
 * One page of each shard that is not done yet, of up to 16 at once, given to `use`; answers how far each shard has come
 * then. What `use` does for a page must be safe to repeat.
 */
export async function walkShards(
  { groupId, cursors }: Pick<DeleteSession, 'groupId' | 'cursors'>,
  { online, limit, tombstonesOf }: Walk,
  use: (page: ScannedPage) => Promise<void> | void,
): Promise<ShardCursor[]> {
  const options = { limit, ...(tombstonesOf !== undefined && { tombstonesOf }) }
  return await walkPages(cursors, (place) => online.scan(groupId, { ...place, ...options }), use)
}

/** The cursors at the beginning of a walk over so many shards. */
export function startOf(shards: number): ShardCursor[] {
  return Array.from({ length: shards }, () => ({ isDone: false }))
}

export function isWalked(cursors: ShardCursor[]): boolean {
  return cursors.every(({ isDone }) => isDone)
}
