import { ApiError } from '../../store/api-error.ts'
import { applyEvents, type EventResult } from '../../store/events/apply-events.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { describeFeatureGroup } from '../../store/operations/describe-feature-group.ts'
import { asError } from '../as-error.ts'
import { openLocalStores } from '../stores.ts'
import type { Event } from './row.ts'

export type Result = EventResult

export interface EmbeddedStoreOptions {
  dataDirectory: string
  account: string
  region: string
  /** Told of what went wrong outside any call, and of the cause behind what was not written. */
  onError: (error: unknown, what: string) => void
  /** Told when records can no longer be written. */
  onFatal: (error: Error) => void
}

/** So much waits for the history before it is moved there: a long file then takes no more memory and disk than a short one. */
const COMMIT_BYTES = 4 * 1024 * 1024

/**
 * The store of a data directory, to write events to it in this process: what is `written` is on disk in both stores.
 * Throws when a server has the directory.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions) {
  const { stores, history, close } = await openLocalStores({ ...options, commitBytes: COMMIT_BYTES, isSmall: true })
  return {
    /** As DescribeFeatureGroup answers; undefined when there is no such group. */
    async describe(name: string) {
      try {
        return await describeFeatureGroup(stores, { FeatureGroupName: name })
      } catch (error) {
        // A name that none can have is told of by what is written to it.
        if (error instanceof ApiError && error.status < 500) return undefined
        throw error
      }
    },
    /** Makes a feature group of a CreateFeatureGroup request. */
    create: async (request: unknown): Promise<void> => void (await createFeatureGroup(stores, request)),
    apply: (events: Event[]): Promise<Result[]> => applyEvents(stores, events),
    /**
     * Moves what waits into the history's tables, since nobody may open the store for long, and closes it. Throws when it
     * cannot be moved: it stays in the log, for whoever opens the store next.
     */
    async close(): Promise<void> {
      try {
        await history.flush()
      } catch (cause) {
        throw new Error(`what was written waits to be moved into the history: ${asError(cause).message}`, { cause })
      } finally {
        await close()
      }
    },
  }
}
