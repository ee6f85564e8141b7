import { featureGroupNotFound, findFeatureGroup } from '../groups/feature-group-name.ts'
import { isFileFault } from '../imports/file-fault.ts'
import type { FileImport, ImportPart } from '../imports/file-import.ts'
import { fileRows } from '../imports/file-rows.ts'
import type { ImportStores } from '../imports/import-stores.ts'
import { loadPart } from '../imports/load-part.ts'
import { nextStart } from '../imports/silent-ends.ts'
import type { Job, Progress } from './job-queue.ts'

/**
 * Loads a part of a file as far as the time allows. Many parts of a file may be loaded at once; the last one has the
 * import go on. Every bit is safe to repeat, and its rows are counted once.
 */
export async function filePartStep(stores: ImportStores, { session = '' }: Job): Promise<Progress> {
  const [id = '', index] = session.split('/')
  const file = await stores.imports.get(id)
  if (file === undefined || file.phase === 'report' || file.phase === 'tidy') return 'done'
  const part = await stores.imports.part(id, Number(index))
  if (part === undefined) return 'done'
  const loaded = part.isDone ? part : await load(stores, file, part)
  if (loaded === undefined) return 'done'
  if (!loaded.isDone) return 'more'
  await wake(stores, id)
  return 'done'
}

async function load(stores: ImportStores, file: FileImport, part: ImportPart): Promise<ImportPart | undefined> {
  try {
    const group = await findFeatureGroup(stores, file.featureGroupName)
    if (group === undefined) throw featureGroupNotFound(file.featureGroupName)
    const starts = nextStart(part, `the file from line ${part.at.line} on`)
    const begun = await saved(stores, { ...part, starts })
    if (begun === undefined) return undefined
    const rows = await fileRows(stores, group, file)
    return await loadPart(stores, begun, { group, rows, header: file.header })
  } catch (error) {
    if (isFileFault(error)) return await saved(stores, { ...part, isDone: true, error: error.message })
    const current = await stores.imports.part(part.importId, part.index)
    if (current !== undefined) await saved(stores, { ...current, starts: 0 })
    throw error
  }
}

/** Stores the next revision of a part; undefined when another worker has stored one before. */
async function saved({ imports }: ImportStores, part: ImportPart): Promise<ImportPart | undefined> {
  const next = { ...part, revision: part.revision + 1 }
  return (await imports.replacePart(next)) ? next : undefined
}

/** Has the import go on when all its parts are done. */
async function wake({ imports, jobs }: ImportStores, id: string): Promise<void> {
  // Read after the part was stored: either this sees that no part is still to be cut, or the import sees this part.
  const file = await imports.get(id)
  if (file?.phase !== 'load') return
  const parts = await imports.parts(id)
  if (parts.every(({ isDone }) => isDone)) await jobs.enqueue({ kind: 'file-import', groupId: '', session: id })
}
