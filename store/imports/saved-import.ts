import type { FileImport } from './file-import.ts'
import type { ImportStores } from './import-stores.ts'

/** Stores the next revision of an import; undefined when another worker has stored one before. */
export async function savedImport(
  { imports, now }: Pick<ImportStores, 'imports' | 'now'>,
  file: FileImport,
): Promise<FileImport | undefined> {
  const next = { ...file, revision: file.revision + 1, updatedAt: now() }
  return (await imports.replace(next)) ? next : undefined
}
