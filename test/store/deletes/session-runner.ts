import { expect } from 'vitest'
import { parseDeleteRequest } from '../../../store/deletes/delete-request.ts'
import type { DeleteSession } from '../../../store/deletes/delete-session.ts'
import { shardCountOf } from '../../../store/groups/group-id.ts'
import { deleteSessionStep } from '../../../store/jobs/delete-session-step.ts'
import type { ScannedRecord } from '../../../store/online/online-store.ts'
import { cancelDeleteSession } from '../../../store/operations/cancel-delete-session.ts'
import { startDeleteSession } from '../../../store/operations/start-delete-session.ts'
import { undoDeleteSession } from '../../../store/operations/undo-delete-session.ts'
import type { Change, HistoryRow, Target } from '../../../store/records/change.ts'
import { DEFINITIONS } from './plain-filter.ts'
import type { Harness, HarnessStores } from './session-harness.ts'
import { type Features, readFeatures, sessionModel } from './session-model.ts'

export const ACTOR = { actor: 'tester' }
const MODES = ['soft', 'hard', 'erase'] as const
const MAX_STEPS = 2_000

/** 2024-01-01T00:00:0tZ, for t up to 9. */
export const textOf = (t: number) => `2024-01-01T00:00:${String(t).padStart(2, '0')}Z`
export const timeOf = (t: number) => BigInt(Date.parse(textOf(t))) * 1000n

/** A store and the model of it, to which the same things are done. */
export function sessionRunner({ stores, jobs, rows, clock }: Harness) {
  const model = sessionModel()
  const group = stores.catalog.get('things') as { groupId: string }
  const target: Target = { groupId: group.groupId, online: true, offline: true }
  /**
   * Identifiers of records whose history may say another thing than the online store: something removed them without a
   * trace, so that an older event may have come after; or a put and a deletion had the same event time, of which the
   * first to come wins online and the last one in the history.
   */
  const parted = new Set<string>()
  const isTie = (id: string, t: number) => model.records.get(id)?.t === timeOf(t)

  async function write(change: Change): Promise<void> {
    const [outcome] = await stores.writer.write([change])
    expect(outcome?.result).not.toBe('unprocessed')
  }

  async function scan(): Promise<ScannedRecord[]> {
    const found: ScannedRecord[] = []
    for (let shard = 0; shard < shardCountOf(group.groupId); shard++) {
      let after: string | undefined
      do {
        const page = await stores.online.scan(group.groupId, { shard, limit: 100, ...(after && { after }) })
        found.push(...page.records)
        after = page.next
      } while (after !== undefined)
    }
    return found
  }

  const session = async (name: string) => (await stores.sessions.get(name)) as DeleteSession

  return {
    model,
    session,
    async put(id: string, t: number, features: Features): Promise<void> {
      clock.now += 1
      const all: Features = { ...features, id, time: textOf(t) }
      const version = { identifier: id, eventTime: timeOf(t), eventTimeText: textOf(t), features: textsOf(all) }
      if (isTie(id, t) && model.records.get(id)?.features === undefined) parted.add(id)
      await write({ kind: 'put', target, identifier: id, receivedAt: clock.now, version })
      model.put(id, timeOf(t), { features: all, now: clock.now })
    },
    async delete(kind: 'softDelete' | 'hardDelete', id: string, t: number): Promise<void> {
      clock.now += 1
      const time = { eventTime: timeOf(t), eventTimeText: textOf(t) }
      if (isTie(id, t)) parted.add(id)
      await write({ kind, target, identifier: id, receivedAt: clock.now, ...time })
      if (kind === 'softDelete') model.softDelete(id, timeOf(t), clock.now)
      else model.hardDelete(id, timeOf(t))
      if (kind === 'hardDelete') parted.add(id)
    },
    async start(body: object): Promise<void> {
      clock.now += 1
      const request = parseDeleteRequest(Buffer.from(JSON.stringify({ table: 'things', all: true, ...body })))
      await startDeleteSession(stores, request, { ...ACTOR, modes: MODES })
    },
    cancel: (name: string) => cancelDeleteSession(stores, name, { ...ACTOR, reason: 'because' }),
    undo: (name: string) => undoDeleteSession(stores, name, ACTOR),
    /** Lets the worker do that many steps; false when there was nothing left to do. `through` may stand in its way. */
    async step(through: HarnessStores = stores): Promise<boolean> {
      const job = jobs[0]
      if (job === undefined) return false
      clock.now += 1
      const progress = await deleteSessionStep(through, job)
      if (progress === 'done') jobs.splice(jobs.indexOf(job), 1)
      return true
    },
    async runAll(): Promise<void> {
      for (let steps = 0; await this.step(); steps++) if (steps > MAX_STEPS) throw new Error('the sessions do not end')
    },
    /** The names of the records that the session has made tombstones of. */
    async tombstonesOf(name: string): Promise<string[]> {
      return (await scan()).flatMap((record) =>
        record.isDeleted && record.session === name ? [record.identifier] : [],
      )
    },
    /** The names of the records that the session has left a marker of in the history. */
    markedBy: (name: string) =>
      new Set(rows().flatMap((row) => (row.deletionSession === name ? [row.identifier] : []))),
    identifiers: async () => (await scan()).map(({ identifier }) => identifier),
    /** Says that the history of that record may say another thing. */
    part: (id: string) => parted.add(id),
    /** Asserts that the online store and the history are as the model is. */
    async check(): Promise<void> {
      const stored = (await scan()).map((record) => [record.identifier, shown(record)])
      const expected = [...model.records].map(([id, { t, features, hidden }]) => [
        id,
        { t, features, isHiding: hidden !== undefined },
      ])
      expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(expected))
      const latest = latestRows(rows())
      for (const [id, { features }] of model.records) {
        if (parted.has(id)) continue
        const row = latest.get(id)
        expect({ id, features: row?.features ? readFeatures(row.features) : undefined }).toEqual({ id, features })
      }
    },
  }
}

export type SessionRunner = ReturnType<typeof sessionRunner>

function shown({ eventTime, isDeleted, features, hasPayload }: ScannedRecord) {
  return {
    t: eventTime,
    features: isDeleted ? undefined : readFeatures(features),
    isHiding: isDeleted && hasPayload === true,
  }
}

function textsOf(features: Features): string {
  const values = DEFINITIONS.flatMap(({ FeatureName }) => {
    const value = features[FeatureName]
    if (value === undefined) return []
    return typeof value === 'string' ? { FeatureName, ValueAsString: value } : { FeatureName, ValueAsStringList: value }
  })
  return JSON.stringify(values)
}

/** The latest row of each record, by the order that is documented. */
function latestRows(rows: HistoryRow[]): Map<string, HistoryRow> {
  const latest = new Map<string, HistoryRow>()
  for (const row of rows) {
    const known = latest.get(row.identifier)
    if (known === undefined || !isBefore(row, known)) latest.set(row.identifier, row)
  }
  return latest
}

function isBefore(row: HistoryRow, other: HistoryRow): boolean {
  if (row.eventTime !== other.eventTime) return row.eventTime < other.eventTime
  if (row.apiInvocationTime !== other.apiInvocationTime) return row.apiInvocationTime < other.apiInvocationTime
  return row.writeTime < other.writeTime
}
