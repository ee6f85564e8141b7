import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Format } from '../../local/ingest/format.ts'
import { importRefusal, saveImportResult } from '../../local/ingest/import-result.ts'
import { type ImportSource, openImportSource } from '../../local/ingest/import-source.ts'
import { failureMessage } from '../client/failure.ts'
import { groupInPath } from './group-in-path.ts'
import { type Counts, noCounts } from './load-rows.ts'
import { openRefusals } from './refusals.ts'
import { runIngestion } from './run-ingestion.ts'
import { type WriteOptions, writeInput } from './write-input.ts'

export interface ImportOptions extends WriteOptions {
  format?: Format
  s3Endpoint?: string
}

/**
 * Imports files and objects one after the other, as those are that are dropped in a bucket: beside each a result is
 * written that says what became of its rows. Answers the exit status: 0, 2 when rows were refused, or that of a signal.
 * Throws when one cannot be read, or nothing more can be written.
 */
export async function importFiles(files: string[], options: ImportOptions): Promise<number> {
  return await runIngestion(async (signal) => {
    let refused = 0
    for (const file of files) {
      if (signal.aborted) break
      refused += (await importFile(file, options, signal)).refused
    }
    return { refused }
  })
}

async function importFile(file: string, options: ImportOptions, signal: AbortSignal): Promise<Counts> {
  const startedAt = Date.now()
  const source = await openImportSource(file, options, signal)
  const directory = await mkdtemp(join(tmpdir(), 'cairn-import-'))
  try {
    const refusedPath = join(directory, 'refused.jsonl')
    return await importSource(
      source,
      { ...options, group: options.group ?? groupInPath(file) },
      { refusedPath, signal, startedAt },
    )
  } finally {
    await rm(directory, { recursive: true })
    await source.input.close()
  }
}

interface Spool {
  /** A file that refused rows wait in for the result. */
  refusedPath: string
  signal: AbortSignal
  /** Milliseconds since the epoch. */
  startedAt: number
}

async function importSource(
  source: ImportSource,
  options: ImportOptions,
  { refusedPath, signal, startedAt }: Spool,
): Promise<Counts> {
  const counts = noCounts()
  const refusals = openRefusals(refusedPath, { toLine: importRefusal })
  const failure = await writeInput(source.input, options, { signal, refusals, counts, startedAt }).then(
    () => (signal.aborted ? new Error('interrupted before all rows were read') : undefined),
    (error: Error) => error,
  )
  refusals.close()
  const outcome = { featureGroup: options.group, counts, startedAt, endedAt: Date.now() }
  const error = failure && failureMessage(failure, options.endpoint)
  await saveImportResult(source, { ...outcome, error }, refusedPath).catch((cause) => {
    const reason = `the result cannot be written to ${source.resultName}: ${failureMessage(cause)}`
    throw new Error(error === undefined ? reason : `${error}; ${reason}`, { cause })
  })
  if (!options.isQuiet) process.stderr.write(`cairn: what became of the rows is in ${source.resultName}\n`)
  if (failure !== undefined && !signal.aborted) throw failure
  return counts
}
