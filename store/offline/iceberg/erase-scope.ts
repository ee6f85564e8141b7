import type { ErasureProof } from '../../deletes/delete-session.ts'
import type { FeatureGroup } from '../../groups/feature-group.ts'
import type { ErasureScope } from '../history-erasure.ts'
import type { Cell, Column } from './columns.ts'
import { cellKey } from './erase.ts'
import { cellsOf, type DoomedRows, eraseRows } from './erase-rows.ts'
import { MICROS_PER_DAY } from './gather-rows.ts'
import type { DataFile } from './manifest.ts'
import type { Snapshot, TableMetadata } from './metadata.ts'
import { currentEntries, rowGroupsOf } from './rewrite.ts'
import { rowFilter } from './row-filter.ts'
import { columnName, DELETION_SESSION_FIELD_ID } from './schema.ts'
import type { TableFiles } from './table-files.ts'

/** The summary's member that names the session for which a snapshot is without rows. */
const ERASED_BY = 'cairn.erased-by'

/**
 * Removes the rows that an erasing session is about from the table, and every snapshot and file that still has one.
 * Verifies it by reading all files that are left; throws when one has such a row. An erasure that a crash has cut short
 * is repeated: its proof counts what was removed before, and lists the snapshots that the repetition has expired.
 */
export async function eraseScope(
  files: TableFiles,
  group: FeatureGroup,
  scope: ErasureScope,
  now: () => number,
): Promise<ErasureProof> {
  const metadata = files.readMetadata()
  if (metadata === undefined) return { rowsRemoved: 0, snapshotsExpired: [], removedAt: now(), verifiedAt: now() }
  const earlier = metadata.snapshots.filter(({ summary }) => summary[ERASED_BY] === scope.session)
  const doomed = doomedRows(group, scope, await victims(files, metadata, group, scope))
  const removedAt = now()
  const erased = await eraseRows(files, metadata, doomed, { now: removedAt, summary: { [ERASED_BY]: scope.session } })
  const last = earlier.at(-1)
  const snapshotId = erased.snapshotId ?? last?.['snapshot-id']
  return {
    rowsRemoved: erased.rowsRemoved + sumOf(earlier, 'deleted-records'),
    filesRewritten: erased.filesRewritten + sumOf(earlier, 'deleted-data-files'),
    filesRemoved: erased.filesRemoved,
    ...(snapshotId !== undefined && { snapshotId: String(snapshotId) }),
    snapshotsExpired: erased.snapshotsExpired.map(String),
    removedAt: erased.snapshotId === undefined ? (last?.['timestamp-ms'] ?? removedAt) : removedAt,
    verifiedAt: now(),
  }
}

function sumOf(snapshots: Snapshot[], member: string): number {
  return snapshots.reduce((sum, { summary }) => sum + Number(summary[member] ?? 0), 0)
}

type Window = ReturnType<typeof windowOf>

function windowOf({ from, to }: ErasureScope) {
  const first = from === undefined ? undefined : BigInt(from)
  const end = to === undefined ? undefined : BigInt(to)
  return {
    has: (eventTime: bigint) => (first === undefined || eventTime >= first) && (end === undefined || eventTime < end),
    hasPartOf(day: number): boolean {
      const start = BigInt(day) * MICROS_PER_DAY
      return (first === undefined || start + MICROS_PER_DAY > first) && (end === undefined || start < end)
    },
  }
}

/** The identifiers, as keys, of which the session has left a marker in the window. */
async function victims(
  files: TableFiles,
  metadata: TableMetadata,
  group: FeatureGroup,
  scope: ErasureScope,
): Promise<Set<string>> {
  const window = windowOf(scope)
  const found = new Set<string>()
  for (const { file } of await currentEntries(files, metadata)) {
    if (!window.hasPartOf(file.day) || !mayHaveSession(file, scope.session)) continue
    for await (const { columns } of rowGroupsOf(files, metadata, { ...file, columns: markerColumns(group) })) {
      const identifiers = cellsOf(columns, columnName(group.RecordIdentifierFeatureName))
      const inWindow = windowTest(columns, window)
      for (const [row, session] of cellsOf(columns, '_deletion_session').entries()) {
        if (session === scope.session && inWindow(row)) found.add(cellKey(identifiers[row] ?? null))
      }
    }
  }
  return found
}

/** The columns that tell of whom a session has left a marker, and when. */
function markerColumns(group: FeatureGroup): Set<string> {
  return new Set([columnName(group.RecordIdentifierFeatureName), '_deletion_session', '_event_time'])
}

/** Few files have markers of sessions at all: the bounds of the column tell. */
function mayHaveSession({ metrics, rowCount }: DataFile, session: string): boolean {
  const { nullCounts, lowerBounds, upperBounds } = metrics
  if (nullCounts.get(DELETION_SESSION_FIELD_ID) === rowCount) return false
  const name = Buffer.from(session)
  const lower = lowerBounds.get(DELETION_SESSION_FIELD_ID)
  const upper = upperBounds.get(DELETION_SESSION_FIELD_ID)
  return (lower === undefined || lower.compare(name) <= 0) && (upper === undefined || upper.compare(name) >= 0)
}

function windowTest(columns: Column[], { has }: Window): (row: number) => boolean {
  const times = cellsOf(columns, '_event_time')
  return (row) => has(asBigint(times[row]))
}

function doomedRows(group: FeatureGroup, scope: ErasureScope, victims: Set<string>): DoomedRows {
  const window = windowOf(scope)
  const latest = BigInt(scope.writtenBefore) * 1000n
  const filter = rowFilter(group, scope.filter)
  return {
    mayBeIn: ({ day }) => window.hasPartOf(day),
    columns: new Set([...markerColumns(group), 'write_time', ...filter.columns]),
    test(columns) {
      const identifiers = cellsOf(columns, columnName(group.RecordIdentifierFeatureName))
      const writeTimes = cellsOf(columns, 'write_time')
      const sessions = cellsOf(columns, '_deletion_session')
      const inWindow = windowTest(columns, window)
      const matches = filter.test(columns)
      const isInTime = (row: number) => asBigint(writeTimes[row]) <= latest || sessions[row] === scope.session
      const isVictim = (row: number) => victims.has(cellKey(identifiers[row] ?? null))
      return (row) => isInTime(row) && inWindow(row) && (isVictim(row) || matches(row))
    },
  }
}

function asBigint(cell: Cell | undefined): bigint {
  if (typeof cell !== 'bigint') throw new Error(`a row of the table has the time ${String(cell)}`)
  return cell
}
