import type { DeleteRequest } from '../deletes/delete-request.ts'
import { type FoundRecord, findByScan } from '../deletes/find-records.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import { shardCountOf } from '../groups/group-id.ts'
import { isWalked, startOf, walkPages } from '../jobs/walk-shards.ts'
import type { DeleteStores } from '../stores.ts'

const SAMPLE = 10
const RECORDS_PER_PAGE = 1_000
/** A gateway gives up on an answer after 29 seconds. */
const MAX_MS = 20_000

/** What a delete would do. Event times are as the records' writers wrote them, null when nothing matches. */
export interface DeletePreview {
  dryRun: true
  table: string
  mode: DeleteRequest['mode']
  matched: number
  /** Some of the identifiers. */
  sample: string[]
  oldest: string | null
  newest: string | null
  /** False when there were more records than can be looked at while the caller waits: the counts are of those seen. */
  isComplete: boolean
}

/** Looks for the records that a delete would find now. Writes nothing. */
export async function previewDelete(
  { online, now, find = findByScan(online) }: Pick<DeleteStores, 'online' | 'now' | 'find'>,
  group: FeatureGroup,
  { from, to, filter, mode }: DeleteRequest,
): Promise<DeletePreview> {
  const started = now()
  const window = { ...(from !== undefined && { from: String(from) }), ...(to !== undefined && { to: String(to) }) }
  const criteria = { ...window, filter, acceptedAt: started }
  const page = { limit: RECORDS_PER_PAGE, now: started }
  const found = collector()
  let cursors = startOf(group.OnlineStoreConfig === undefined ? 0 : shardCountOf(group.groupId))
  while (!isWalked(cursors) && now() - started < MAX_MS) {
    cursors = await walkPages(
      cursors,
      (place) => find(group, criteria, { ...place, ...page }),
      ({ records }) => records.forEach(found.add),
    )
    await new Promise(setImmediate)
  }
  return {
    dryRun: true,
    table: group.FeatureGroupName,
    mode,
    ...found.summary(),
    isComplete: isWalked(cursors),
  }
}

function collector() {
  const sample: string[] = []
  let matched = 0
  let oldest: FoundRecord | undefined
  let newest: FoundRecord | undefined
  return {
    add(record: FoundRecord): void {
      matched += 1
      if (sample.length < SAMPLE) sample.push(record.identifier)
      if (oldest === undefined || record.eventTime < oldest.eventTime) oldest = record
      if (newest === undefined || record.eventTime > newest.eventTime) newest = record
    },
    summary: () => ({
      matched,
      sample,
      oldest: oldest?.eventTimeText ?? null,
      newest: newest?.eventTimeText ?? null,
    }),
  }
}
