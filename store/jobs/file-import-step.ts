import { asFileFault, isFileFault } from '../imports/file-fault.ts'
import { type FileImport, type ImportPhase, sumCounts } from '../imports/file-import.ts'
import { summaryOf } from '../imports/import-events.ts'
import type { ImportStores } from '../imports/import-stores.ts'
import { workPrefix } from '../imports/object-names.ts'
import { writeResult } from '../imports/report.ts'
import { savedImport } from '../imports/saved-import.ts'
import { nextStart } from '../imports/silent-ends.ts'
import { splitFile } from '../imports/split-file.ts'
import type { Job, Progress } from './job-queue.ts'

/** Does a bit of a phase, and writes down how far it came: undefined when another worker has done that. */
type Phase = (stores: ImportStores, file: FileImport) => Promise<FileImport | undefined>

const PHASES: { [phase in ImportPhase]: Phase } = { split, load, report, tidy }

/**
 * Does the next bit of the import of a file, but for the loading of its parts, which `filePartStep` does. Every bit is
 * safe to repeat.
 */
export async function fileImportStep(stores: ImportStores, { session: id }: Job): Promise<Progress> {
  const file = id === undefined ? undefined : await stores.imports.get(id)
  if (file === undefined || file.endedAt !== undefined) return 'done'
  const next = await PHASES[file.phase](stores, file)
  // A worker that was overtaken leaves the file to the other; the last part that is loaded wakes one that waits.
  return next === undefined || next === file || next.endedAt !== undefined ? 'done' : 'more'
}

async function split(stores: ImportStores, file: FileImport): Promise<FileImport | undefined> {
  try {
    const starts = nextStart(
      file,
      file.splitTo === undefined ? 'the file' : `the file from line ${file.splitTo.line} on`,
    )
    const begun = await savedImport(stores, { ...file, starts })
    return begun && (await splitFile(stores, begun))
  } catch (error) {
    const fault = asFileFault(error)
    // Parts may have been cut since the step began; they are loaded before the file fails.
    const current = await stores.imports.get(file.id)
    if (current?.phase !== 'split') return undefined
    if (isFileFault(fault)) return await savedImport(stores, { ...current, phase: 'load', error: fault.message })
    await savedImport(stores, { ...current, starts: 0 })
    throw fault
  }
}

async function load(stores: ImportStores, file: FileImport): Promise<FileImport | undefined> {
  const parts = await stores.imports.parts(file.id)
  if (parts.some(({ isDone }) => !isDone)) return file
  const error = file.error ?? parts.find((part) => part.error !== undefined)?.error
  const counts = sumCounts(parts)
  return await savedImport(stores, { ...file, counts, phase: 'report', ...(error !== undefined && { error }) })
}

async function report(stores: ImportStores, file: FileImport): Promise<FileImport | undefined> {
  const parts = await stores.imports.parts(file.id)
  const summary = summaryOf(file, stores.bucket, stores.now())
  await writeResult(stores, file, { summary, parts })
  await stores.events.ended(summary)
  return await savedImport(stores, { ...file, status: summary.Status, phase: 'tidy' })
}

/** Removes what the import has kept to itself; its entry in the ledger stays, so that its file is never loaded again. */
async function tidy(stores: ImportStores, file: FileImport): Promise<FileImport | undefined> {
  await stores.objects.removeAll(workPrefix(file.id))
  await stores.imports.removeParts(file.id)
  return await savedImport(stores, { ...file, endedAt: stores.now() })
}
