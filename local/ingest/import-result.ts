import { refusalLine, resultChunks } from '../../store/imports/result-chunks.ts'
import { fileSource } from './file-source.ts'
import type { ImportSource } from './import-source.ts'

/** What became of a file, in the words of the results that are put into a bucket. */
export interface ImportOutcome {
  featureGroup: string | undefined
  /** `written` has the historic rows too; how many that are is not always told. */
  counts: { read: number; written: number; historic: number | undefined; refused: number }
  /** Why not all rows were dealt with. */
  error: string | undefined
  startedAt: number
  endedAt: number
}

/** A refused row as a line of the file that `saveImportResult` takes. */
export function importRefusal(refusal: { line: number; reason: string; json: () => string }): string {
  return refusalLine(refusal)
}

/** Writes what became of a file beside it, with its refused rows, which are in a file. */
export async function saveImportResult(
  { origin, saveResult }: Pick<ImportSource, 'origin' | 'saveResult'>,
  { featureGroup, counts, error, startedAt, endedAt }: ImportOutcome,
  refusedPath: string,
): Promise<void> {
  const summary = {
    Status: error === undefined ? 'Ingested' : 'Failed',
    ...origin,
    FeatureGroupName: featureGroup,
    RowsRead: counts.read,
    RowsWritten: counts.written - (counts.historic ?? 0),
    RowsHistoric: counts.historic,
    RowsRefused: counts.refused,
    Error: error,
    StartedAt: new Date(startedAt).toISOString(),
    EndedAt: new Date(endedAt).toISOString(),
  }
  await saveResult(resultChunks(summary, counts.refused > 0 ? linesOf(refusedPath) : noLines()))
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let carried: Buffer = Buffer.alloc(0)
  for await (const chunk of fileSource(path)(0)) {
    const bytes = Buffer.concat([carried, chunk])
    const end = bytes.lastIndexOf('\n') + 1
    if (end > 0) yield bytes.subarray(0, end).toString()
    carried = bytes.subarray(end)
  }
}

async function* noLines(): AsyncGenerator<string> {}
