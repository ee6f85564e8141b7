import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Disk, localDisk } from './disk.ts'
import { readTableMetadata, type TableMetadata } from './metadata.ts'

/** Data files, manifests and manifest lists: what snapshots need, and what a crash may have left. */
const NEEDED_FILE = /\.(parquet|avro)$/

const METADATA_FILE = /^v(\d+)\.metadata\.json$/
/** Names the version that readers see. */
const HINT = 'version-hint.text'

/** The files of one table on a local disk, as Iceberg's file-based catalogs lay them out. */
export interface TableFiles {
  /** The table's directory, as a URL. */
  location: string
  /** The newest metadata; undefined when there is no table. Throws for metadata that is missing or damaged. */
  readMetadata(): TableMetadata | undefined
  /**
   * Makes `metadata` the newest. Readers see the table before or after, never between; on disk when it returns, with
   * all files that were written before.
   */
  commit(metadata: TableMetadata): void
  /** Shows readers the newest metadata where a crash has kept it from them; on disk when it returns. */
  publish(): void
  /** Writes a file at a path below the directory, which `commit` makes part of the table. Answers its location. */
  write(path: string, bytes: Uint8Array): string
  /** Removes what was written and not committed: a commit that has failed is not to fill the disk. */
  abandon(): void
  /** Reads the file at that location. Throws when it is missing. */
  read(location: string): Buffer
  /** Removes the file at that location, if it is there; for good when `settle` returns. */
  remove(location: string): void
  /** Every data file, manifest and manifest list below the directory, needed or not; times in milliseconds. */
  list(): { location: string; modifiedAt: number }[]
  /** Removes all metadata but the newest versions; for good when `settle` returns. */
  removeOldMetadata(keptVersions: number): void
  /** Keeps on disk what was done to the names of files so far. */
  settle(): void
}

/** The files of the table in `directory`, which this process alone writes. */
export function tableFiles(directory: string, disk: Disk = localDisk): TableFiles {
  const metadataDirectory = join(directory, 'metadata')
  /** Directories whose names have changed since they were last synced. */
  const changed = new Set<string>()
  const uncommitted = new Set<string>()

  /** A crash may come between the metadata and its hint: the highest number counts. */
  function version(): number {
    if (!disk.exists(metadataDirectory)) return 0
    return Math.max(0, ...disk.names(metadataDirectory).map((name) => Number(METADATA_FILE.exec(name)?.[1] ?? 0)))
  }

  function hinted(): string | undefined {
    const hint = join(metadataDirectory, HINT)
    return disk.exists(hint) ? disk.read(hint).toString() : undefined
  }

  /** The version that the hint names; 0 without one. */
  function hintedVersion(): number {
    const text = hinted() ?? ''
    if (/^\d*$/.test(text)) return Number(text)
    const hint = join(metadataDirectory, HINT)
    throw new Error(`${hint} is damaged: it has '${text}'; without it, version ${version()} is the newest`)
  }

  function makeDirectory(path: string): void {
    const highest = disk.makeDirectory(path)
    if (highest === undefined) return
    for (let made = path; made.length >= highest.length; made = dirname(made)) changed.add(dirname(made))
  }

  function writeDurably(path: string, bytes: Uint8Array): void {
    changed.add(dirname(path))
    try {
      disk.write(path, bytes)
      disk.syncFile(path)
    } catch (cause) {
      disk.remove(path)
      throw cause
    }
  }

  function settle(): void {
    for (const path of changed) disk.syncDirectory(path)
    changed.clear()
  }

  function writeAtomically(name: string, text: string): void {
    makeDirectory(metadataDirectory)
    const temporary = join(metadataDirectory, `${name}.tmp`)
    writeDurably(temporary, Buffer.from(text))
    uncommitted.add(temporary)
    // What the file names must be there before the file is.
    settle()
    disk.rename(temporary, join(metadataDirectory, name))
    uncommitted.delete(temporary)
    changed.add(metadataDirectory)
  }

  function publish(): void {
    const newest = String(version())
    if (hinted() !== newest) writeAtomically(HINT, newest)
    // The metadata may be there by name only, since a crash came before its directory was synced.
    changed.add(metadataDirectory)
    settle()
  }

  function remove(path: string): void {
    disk.remove(path)
    changed.add(dirname(path))
  }

  return {
    location: pathToFileURL(directory).href,
    readMetadata(): TableMetadata | undefined {
      // What the hint names was on disk before: an older version would be without rows that the table had.
      const newest = Math.max(version(), hintedVersion())
      if (newest === 0) {
        // A table is there before its first data file.
        if (!disk.exists(join(directory, 'data'))) return undefined
        throw new Error(`the table metadata in ${metadataDirectory} is missing`)
      }
      const path = join(metadataDirectory, `v${newest}.metadata.json`)
      if (!disk.exists(path)) throw new Error(`the table metadata ${path} is missing`)
      try {
        return readTableMetadata(disk.read(path).toString(), pathToFileURL(directory).href)
      } catch (cause) {
        throw new Error(`the table metadata ${path} is damaged: ${String(cause)}`, { cause })
      }
    },
    commit(metadata: TableMetadata): void {
      writeAtomically(`v${version() + 1}.metadata.json`, JSON.stringify(metadata))
      uncommitted.clear()
      publish()
    },
    publish,
    write(path: string, bytes: Uint8Array): string {
      const target = join(directory, path)
      makeDirectory(dirname(target))
      writeDurably(target, bytes)
      uncommitted.add(target)
      return pathToFileURL(target).href
    },
    abandon(): void {
      for (const path of uncommitted) remove(path)
      uncommitted.clear()
    },
    read(location: string): Buffer {
      try {
        return disk.read(fileURLToPath(location))
      } catch (cause) {
        throw new Error(`the table's file ${location} cannot be read: ${String(cause)}`, { cause })
      }
    },
    remove: (location) => remove(fileURLToPath(location)),
    list: () =>
      disk
        .files(directory)
        .filter(({ path }) => NEEDED_FILE.test(path))
        .map(({ path, modifiedAt }) => ({ location: pathToFileURL(path).href, modifiedAt })),
    removeOldMetadata(keptVersions: number): void {
      // A crash may have left readers with an older version than the newest.
      publish()
      const newest = version()
      for (const name of disk.names(metadataDirectory)) {
        const found = METADATA_FILE.exec(name)
        if (found !== null && Number(found[1]) <= newest - keptVersions) remove(join(metadataDirectory, name))
      }
    },
    settle,
  }
}
