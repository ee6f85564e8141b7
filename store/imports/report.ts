import type { FileImport, ImportPart } from './file-import.ts'
import type { ImportSummary } from './import-events.ts'
import type { ImportStores } from './import-stores.ts'
import { refusalsKey, resultKey } from './object-names.ts'

/** Writes the result object beside a file: the summary, and the refused rows in the order of the file. */
export async function writeResult(
  { objects }: Pick<ImportStores, 'objects'>,
  { object }: FileImport,
  { summary, parts }: { summary: ImportSummary; parts: ImportPart[] },
): Promise<void> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const head = JSON.stringify(summary).slice(0, -1)
    yield Buffer.from(`${head},"RefusedRows":[`)
    let separator = '\n'
    for (const { importId, refusals } of parts) {
      for (const name of refusals) {
        const lines = (await objects.read({ key: refusalsKey(importId, name) })).toString().trimEnd()
        yield Buffer.from(separator + lines.replaceAll('\n', ',\n'))
        separator = ',\n'
      }
    }
    yield Buffer.from(']}\n')
  }
  await objects.write(resultKey(object.key), chunks())
}
