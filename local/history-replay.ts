import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet'
import { ApiError } from '../store/api-error.ts'
import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { HistoryReplay, ReplayScope } from '../store/offline/history-replay.ts'
import { parquetPages } from '../store/offline/parquet-pages.ts'
import { replayedRecord } from '../store/offline/replayed-record.ts'
import { readHistory } from './history/history-files.ts'
import { tableDirectory } from './table-directory.ts'

export interface LocalReplayOptions {
  /** The tables of the history. */
  offlinePath: string
  /** Where extracted records are kept until they are replayed. */
  restoresPath: string
  /** Moves the rows that wait into their tables. */
  flush: () => Promise<number>
}

/** A page is one transaction: requests that write get their turn in between. */
const ROWS_PER_PAGE = 1_024

/**
 * Extracts the latest records of an embedded history, by DuckDB, into a Parquet file, and reads that. What was written
 * by the beginning of the extraction is in it.
 */
export function localHistoryReplay({ offlinePath, restoresPath, flush }: LocalReplayOptions) {
  const readPage = parquetPages({ limit: ROWS_PER_PAGE })
  const stopping = new AbortController()
  const pathOf = (id: string) => join(restoresPath, `${id}.parquet`)

  async function extract(group: FeatureGroup, scope: ReplayScope, output: string): Promise<void> {
    const { files } = await readHistory(group, join(offlinePath, tableDirectory(group)))
    await mkdir(restoresPath, { recursive: true })
    // DuckDB is loaded by those who restore, not by every server that starts.
    const { extractLatest } = await import('./history/extract-latest.ts')
    await extractLatest({ group, scope, files, directory: offlinePath, output, signal: stopping.signal })
  }

  return {
    async step(group, scope) {
      const output = pathOf(scope.id)
      if (!existsSync(output)) {
        await flush()
        await extract(group, scope, output).catch((cause: unknown) => {
          if (stopping.signal.aborted) throw new ApiError('ServiceUnavailable', 'the server stops', { cause })
          throw new ApiError('InternalFailure', cause instanceof Error ? cause.message : String(cause), { cause })
        })
      }
      const { num_rows } = await parquetMetadataAsync(await asyncBufferFromFile(output))
      return { state: output, rowsTotal: Number(num_rows) }
    },
    async read(group, { id }, after) {
      const { rows, next } = await readPage([{ name: id, open: () => asyncBufferFromFile(pathOf(id)) }], after)
      const records = rows.map((row) => replayedRecord(group, row))
      return next === undefined ? { records } : { records, next }
    },
    async discard(id) {
      if (!existsSync(restoresPath)) return
      const own = (await readdir(restoresPath)).filter((name) => name.startsWith(`${id}.`))
      for (const name of own) await rm(join(restoresPath, name), { force: true })
    },
    /** Ends an extraction that is under way. */
    stop: () => stopping.abort(),
  } satisfies HistoryReplay & Record<string, unknown>
}
