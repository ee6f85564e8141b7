import type { FileImport, ImportPart } from '../imports/file-import.ts'
import type { Awaitable } from '../online/online-store.ts'

/** The ledger of the files that are ingested. It is kept with the catalog, and is always read as it is now. */
export interface FileImports {
  /** Adds the import; false, and nothing changed, when one of its id exists. */
  create(file: FileImport): Awaitable<boolean>
  get(id: string): Awaitable<FileImport | undefined>
  /** Stores the import if the stored one is still of the revision before; says whether it did. */
  replace(file: FileImport): Awaitable<boolean>
  /** Adds a part of an import, unless it is there. */
  createPart(part: ImportPart): Awaitable<void>
  part(importId: string, index: number): Awaitable<ImportPart | undefined>
  /** Stores the part if the stored one is still of the revision before; says whether it did. */
  replacePart(part: ImportPart): Awaitable<boolean>
  /** All parts of an import, in their order. */
  parts(importId: string): Awaitable<ImportPart[]>
  removeParts(importId: string): Awaitable<void>
}
