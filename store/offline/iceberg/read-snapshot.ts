import { type DataFile, decodeManifest, decodeManifestList, type Manifest, type ManifestEntry } from './manifest.ts'
import type { Snapshot } from './metadata.ts'
import { relocated } from './relocated.ts'
import type { TableFiles } from './table-files.ts'

/**
 * The manifests of a snapshot; none without one. Throws when the list is missing or damaged: what it says is compared
 * with what the snapshot says of itself, since a list that was cut off would pass for a shorter one.
 */
export async function manifestsOf(files: TableFiles, snapshot: Snapshot | undefined): Promise<Manifest[]> {
  if (snapshot === undefined) return []
  const list = snapshot['manifest-list']
  const content = files.read(list)
  const manifests = await undamaged(list, () => decodeManifestList(content))
  const expected = {
    files: Number(snapshot.summary['total-data-files']),
    rows: Number(snapshot.summary['total-records']),
  }
  const found = sumOf(manifests.map(countsOf))
  if (found.files !== expected.files || found.rows !== expected.rows) {
    throw new Error(
      `${list} is damaged: its manifests name ${found.files} files with ${found.rows} rows, ` +
        `and the snapshot has ${expected.files} with ${expected.rows}`,
    )
  }
  return manifests.map((manifest) => ({ ...manifest, path: relocated(files.location, manifest.path) }))
}

/** The data files that the manifests name. Throws when a manifest is missing or is not what its list says. */
export async function entriesOf(files: TableFiles, manifests: Manifest[]): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = []
  for (const manifest of manifests) for (const entry of await entriesOfOne(files, manifest)) entries.push(entry)
  return entries
}

async function entriesOfOne(files: TableFiles, manifest: Manifest): Promise<ManifestEntry[]> {
  const { path, bytes } = manifest
  const content = files.read(path)
  if (content.length !== bytes) throw new Error(`${path} is damaged: it has ${content.length} bytes, not ${bytes}`)
  const entries = await undamaged(path, () => decodeManifest(content))
  const expected = countsOf(manifest)
  const found = sumOf(entries.map(({ file }) => ({ files: 1, rows: file.rowCount })))
  if (found.files === expected.files && found.rows === expected.rows) {
    return entries.map((entry) => ({ ...entry, file: here(files, entry.file) }))
  }
  throw new Error(
    `${path} is damaged: it names ${found.files} files with ${found.rows} rows, not ${expected.files} with ${expected.rows}`,
  )
}

function here(files: TableFiles, file: DataFile): DataFile {
  return { ...file, path: relocated(files.location, file.path) }
}

/** What `read` makes of a file's bytes; throws what it throws with the name of the file. */
async function undamaged<Value>(location: string, read: () => Promise<Value>): Promise<Value> {
  return await read().catch((cause: unknown) => {
    throw damaged(location, cause)
  })
}

/** What is said of a file that cannot be read as what it is. */
export function damaged(location: string, cause: unknown): Error {
  return new Error(`${location} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}

interface Counts {
  files: number
  rows: number
}

function countsOf({ addedFiles, existingFiles, addedRows, existingRows }: Manifest): Counts {
  return { files: addedFiles + existingFiles, rows: addedRows + existingRows }
}

function sumOf(counts: Counts[]): Counts {
  return counts.reduce((sum, { files, rows }) => ({ files: sum.files + files, rows: sum.rows + rows }), {
    files: 0,
    rows: 0,
  })
}

/** Rows of all the files together. */
export function rowsOf(files: DataFile[]): number {
  return files.reduce((total, { rowCount }) => total + rowCount, 0)
}
