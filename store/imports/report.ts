import type { FileImport, ImportPart } from './file-import.ts'
import type { ImportSummary } from './import-events.ts'
import type { ImportStores } from './import-stores.ts'
import { refusalsKey, resultKey } from './object-names.ts'
import { resultChunks } from './result-chunks.ts'

/** Writes the result object beside a file: the summary, and the refused rows in the order of the file. */
export async function writeResult(
  { objects }: Pick<ImportStores, 'objects'>,
  { object }: FileImport,
  { summary, parts }: { summary: ImportSummary; parts: ImportPart[] },
): Promise<void> {
  await objects.write(resultKey(object.key), resultChunks(summary, refusalsOf(objects, parts)))
}

async function* refusalsOf({ read }: ImportStores['objects'], parts: ImportPart[]): AsyncGenerator<string> {
  for (const { importId, refusals } of parts) {
    for (const name of refusals) yield (await read({ key: refusalsKey(importId, name) })).toString()
  }
}
