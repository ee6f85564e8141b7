import { featureGroupNotFound, findFeatureGroup } from '../groups/feature-group-name.ts'
import { formatOfName } from './file-format.ts'
import { type FileImport, NO_ROWS } from './file-import.ts'
import { type FileRows, fileRows } from './file-rows.ts'
import type { ImportStores } from './import-stores.ts'
import { savedImport } from './saved-import.ts'
import { unpack } from './unpack.ts'

/**
 * Goes on with finding the parts of a file, and has each loaded at once. Answers the import as it is then, in phase
 * `load` when there are no more parts; undefined when another worker has overtaken this one. Throws what keeps the file
 * from being read.
 */
export async function splitFile(stores: ImportStores, file: FileImport): Promise<FileImport | undefined> {
  formatOfName(file.object.key)
  const group = await findFeatureGroup(stores, file.featureGroupName, { isFresh: file.splitTo === undefined })
  if (group === undefined) throw featureGroupNotFound(file.featureGroupName)
  if (file.splitTo !== undefined) return await cutAll(stores, file, await fileRows(stores, group, file))
  const unpackedBytes = file.unpackedBytes ?? (await unpack(stores, file))
  if (unpackedBytes !== file.unpackedBytes) return await savedImport(stores, { ...file, unpackedBytes, starts: 0 })
  const { at, header } = await (await fileRows(stores, group, file)).start()
  return await savedImport(stores, { ...file, splitTo: at, starts: 0, ...(header && { header }) })
}

async function cutAll(stores: ImportStores, file: FileImport, rows: FileRows): Promise<FileImport | undefined> {
  let current = file
  const { splitTo: from = { byte: 0, line: 1 }, id } = file
  for await (const { end, next } of rows.cuts(from)) {
    const { parts: index, splitTo: at = from } = current
    // The same cut is made again when this is repeated; the ledger has it once, and to load it twice does no harm.
    await stores.imports.createPart({
      importId: id,
      index,
      revision: 1,
      at,
      end,
      counts: NO_ROWS,
      refusals: [],
      isDone: false,
    })
    await stores.jobs.enqueue({ kind: 'file-part', groupId: '', session: `${id}/${index}` })
    const saved = await savedImport(stores, { ...current, parts: index + 1, splitTo: next, starts: 0 })
    if (saved === undefined || !stores.hasTime()) return saved
    current = saved
  }
  return await savedImport(stores, { ...current, phase: 'load' })
}
