import type { ErasureProof } from '../deletes/delete-session.ts'
import { type ErasureStatements, EXPIRED_AFTER_MS } from './sql/erasure-statements.ts'

/** What an erasure has come to. Times are milliseconds since the epoch. */
export interface Found {
  rowsRemoved: number
  /** When the rows were seen to be gone from the table as readers see it. */
  removedAt?: number
  snapshotId?: string
  /** The snapshot that is the first without the files that had the rows, or a later one. */
  newest?: string
  /** The snapshots before it. */
  expired: string[]
  verifiedAt?: number
}

/** Where an erasure is, as it is kept from step to step. */
export interface ErasureState {
  /** Milliseconds since the epoch. An erasure that is begun anew has queries of its own. */
  startedAt: number
  phase: PhaseName
  /** Goes up with each query. */
  run: number
  /** How often each phase has been begun. */
  tries: { [phase in PhaseName]?: number }
  /** The query that runs. */
  query?: string
  found: Found
  /** Why the erasure fails, when only the table's properties are to be given back. */
  failure?: string
}

export type PhaseName =
  | 'count'
  | 'delete'
  | 'recount'
  | 'unmark'
  | 'tune'
  | 'optimize'
  | 'inspect'
  | 'list'
  | 'vacuum'
  | 'check'
  | 'verify'
  | 'reset'

type Rows = (string | undefined)[][]

interface Phase {
  /** Its statement, given what was found before. */
  sql(statements: ErasureStatements, found: Found): string
  /** True for a statement that answers rows. */
  reads?: true
  /** What it does, to be told. */
  does: string
  /** Which phase follows, none for the end; what was found, and how long to wait. */
  next(rows: Rows, found: Found, now: number): { to?: PhaseName; found?: Partial<Found>; afterMs?: number }
}

/** The phases of an erasure, in the order that they have when nothing is to be done twice. */
export const PHASES: Record<PhaseName, Phase> = {
  count: {
    sql: ({ count }) => count,
    reads: true,
    does: 'count the rows',
    next: (rows) => {
      const rowsRemoved = numberAt(rows, 0)
      if (numberAt(rows, 1) === 0) return {}
      return { to: rowsRemoved > 0 ? 'delete' : 'tune', found: { rowsRemoved } }
    },
  },
  delete: {
    sql: (statements) => statements.delete,
    does: 'delete the rows',
    next: () => ({ to: 'recount' }),
  },
  recount: {
    sql: ({ recount }) => recount,
    reads: true,
    does: 'count the rows that are left',
    next: (rows, found) => {
      const left = numberAt(rows, 0)
      return left > 0 ? { to: 'delete', found: { rowsRemoved: found.rowsRemoved + left } } : { to: 'unmark' }
    },
  },
  unmark: {
    sql: ({ unmark }) => unmark,
    does: 'delete the markers of the session',
    next: (_, __, now) => ({ to: 'tune', found: { removedAt: now } }),
  },
  tune: {
    sql: ({ tune }) => tune,
    does: 'set the properties of the table',
    next: () => ({ to: 'optimize' }),
  },
  optimize: {
    sql: ({ optimize }) => optimize,
    does: 'rewrite the files',
    next: () => ({ to: 'inspect' }),
  },
  inspect: {
    sql: ({ inspect }) => inspect,
    reads: true,
    does: 'look for files that have deleted rows',
    next: (rows) => ({ to: numberAt(rows, 0) === 0 ? 'list' : 'optimize' }),
  },
  list: {
    sql: ({ list }) => list,
    reads: true,
    does: 'list the snapshots',
    next: (rows, { expired, rowsRemoved }) => {
      const ids = rows.map(([id = '']) => id)
      const remover = rows.findLast(([, operation]) => operation === 'delete' || operation === 'overwrite')
      const [newest = ''] = ids.slice(-1)
      return {
        to: 'vacuum',
        found: {
          newest,
          expired: [...new Set([...expired, ...ids.slice(0, -1)])],
          ...(rowsRemoved > 0 && remover?.[0] !== undefined && { snapshotId: remover[0] }),
        },
        afterMs: EXPIRED_AFTER_MS,
      }
    },
  },
  vacuum: {
    sql: ({ vacuum }) => vacuum,
    does: 'remove old snapshots',
    next: () => ({ to: 'check' }),
  },
  check: {
    sql: ({ check }, { newest = '' }) => check(newest),
    reads: true,
    does: 'count the snapshots that are left',
    next: (rows) => (numberAt(rows, 0) === 0 ? { to: 'verify' } : { to: 'vacuum', afterMs: EXPIRED_AFTER_MS }),
  },
  verify: {
    sql: ({ verify }) => verify,
    reads: true,
    does: 'verify that no row is left',
    next: (rows, { rowsRemoved }, now) => {
      const left = numberAt(rows, 0)
      if (left > 0) return { to: 'delete', found: { rowsRemoved: rowsRemoved + left } }
      return { to: 'reset', found: { verifiedAt: now } }
    },
  },
  reset: {
    sql: ({ reset }) => reset,
    does: 'take the properties back',
    next: () => ({}),
  },
}

/** True when the table may have the properties of an erasure, which are to be taken back. */
export function isTuned({ phase, tries }: Pick<ErasureState, 'phase' | 'tries'>): boolean {
  return tries.tune !== undefined && phase !== 'reset'
}

/** OPTIMIZE and VACUUM ask to be run again as long as they have more to do: more than 100 days, or than 1,000 files. */
const REPEATS: { [phase in PhaseName]?: number } = { optimize: 1_000, vacuum: 1_000 }

/** How often a phase may be begun before the erasure fails. */
export function repeatsOf(phase: PhaseName): number {
  return REPEATS[phase] ?? 20
}

/** What was done, when it has come to an end at `now`. */
export function proofOf({ rowsRemoved, expired, ...found }: Found, now: number): ErasureProof {
  const { snapshotId, removedAt = now, verifiedAt = now } = found
  return {
    rowsRemoved,
    ...(snapshotId !== undefined && { snapshotId }),
    snapshotsExpired: expired,
    removedAt,
    verifiedAt,
  }
}

function numberAt([row = []]: Rows, column: number): number {
  const number = Number(row[column] ?? Number.NaN)
  if (!Number.isSafeInteger(number)) throw new Error(`Athena has answered ${String(row[column])} in place of a number`)
  return number
}
