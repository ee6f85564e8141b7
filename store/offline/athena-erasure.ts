import { createHash } from 'node:crypto'
import { ApiError } from '../api-error.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'
import type { AthenaQueries } from './athena.ts'
import { type ErasureState, type Found, isTuned, PHASES, type PhaseName, proofOf, repeatsOf } from './athena-phases.ts'
import type { ErasureScope, ErasureStep, HistoryErasure } from './history-erasure.ts'
import { erasureStatements } from './sql/erasure-statements.ts'

export interface AthenaErasureOptions {
  now: () => number
  /** How long rows may be on their way to a table: nothing is removed before. @default - 900 seconds */
  settleMs?: number
  /** How long to wait before a query is asked after again. @default - 5 seconds */
  pollMs?: number
  /** How long to wait before what failed for now is tried again. @default - 30 seconds */
  retryMs?: number
}

/** What Athena calls failures that another try of the same statement mends. */
const PASSING = /MORE_RUNS_NEEDED|ICEBERG_COMMIT_ERROR/

/**
 * Erases rows from the histories in AWS, by queries in Athena, one after the other. A step starts a query, or asks what
 * has become of one: the worker may stop at any point, since a query that is started again is the same one. Throws
 * InternalFailure with Athena's reason for a query that fails, after the table has its own properties again.
 */
export function athenaErasure(queries: AthenaQueries, options: AthenaErasureOptions): HistoryErasure {
  const { now, settleMs = 900_000, pollMs = 5_000, retryMs = 30_000 } = options

  async function start(group: FeatureGroup, scope: ErasureScope, state: ErasureState): Promise<ErasureStep> {
    const sql = PHASES[state.phase].sql(erasureStatements(group, scope), state.found)
    const database = group.OfflineStoreConfig?.DataCatalogConfig?.Database ?? ''
    const query = await queries.start({ sql, database, token: tokenOf(group, scope, state) })
    return later({ ...state, query }, pollMs)
  }

  async function proceed(state: ErasureState, query: string): Promise<ErasureStep> {
    const outcome = await queries.state(query)
    if (outcome === 'running') return later(state, pollMs)
    if (outcome !== 'succeeded') return afterFailure(state, outcome, retryMs)
    if (state.failure !== undefined) throw new ApiError('InternalFailure', state.failure)
    const { reads, next } = PHASES[state.phase]
    const { to, found, afterMs = 0 } = next(reads ? await queries.rows(query) : [], state.found, now())
    if (to === undefined) return { proof: proofOf({ ...state.found, ...found }, now()) }
    return later(enter(state, to, found), afterMs)
  }

  return {
    async step(group, scope, text) {
      if (group.OfflineStoreConfig === undefined) return { proof: proofOf({ rowsRemoved: 0, expired: [] }, now()) }
      if (text === undefined) return later(stateAt(now()), settleMs)
      const state = JSON.parse(text) as ErasureState
      return state.query === undefined ? await start(group, scope, state) : await proceed(state, state.query)
    },
  }
}

function stateAt(startedAt: number): ErasureState {
  return { startedAt, phase: 'count', run: 0, tries: {}, found: { rowsRemoved: 0, expired: [] } }
}

function later(state: ErasureState, afterMs: number): ErasureStep {
  return { state: JSON.stringify(state), afterMs }
}

/** The state at the beginning of a phase. Throws when the phase has been there too often. */
function enter({ query: _, ...state }: ErasureState, phase: PhaseName, found: Partial<Found> = {}): ErasureState {
  const times = (state.tries[phase] ?? 0) + 1
  if (times > repeatsOf(phase)) {
    return failing(state, `the rows are not erased: Athena was to ${PHASES[phase].does} more than ${times - 1} times`)
  }
  const tries = { ...state.tries, [phase]: times }
  return { ...state, phase, run: state.run + 1, tries, found: { ...state.found, ...found } }
}

function afterFailure(
  state: ErasureState,
  { reason, isRetryable }: { reason: string; isRetryable: boolean },
  retryMs: number,
): ErasureStep {
  const isPassing = isRetryable || PASSING.test(reason)
  if (isPassing && (state.tries[state.phase] ?? 0) < repeatsOf(state.phase)) {
    return later(enter(state, state.phase), retryMs)
  }
  const { query: _, ...rest } = state
  return later(failing(rest, state.failure ?? `Athena could not ${PHASES[state.phase].does}: ${reason}`), 0)
}

/** Gives the table its own properties before the failure is told. Throws it when there is nothing to give back. */
function failing(state: Omit<ErasureState, 'query'>, failure: string): ErasureState {
  if (!isTuned(state)) throw new ApiError('InternalFailure', failure)
  return { ...state, phase: 'reset', run: state.run + 1, failure }
}

/** The same for the same run of the same erasure. */
function tokenOf({ groupId }: FeatureGroup, { session }: ErasureScope, { startedAt, run }: ErasureState): string {
  const parts = JSON.stringify([groupId, session, startedAt, run])
  return createHash('sha256').update(parts).digest('hex')
}
