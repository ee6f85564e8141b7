import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TableMetadata } from './metadata.ts'

/** Data files, manifests and manifest lists: what snapshots need, and what a crash may have left. */
const NEEDED_FILE = /\.(parquet|avro)$/

const METADATA_FILE = /^v(\d+)\.metadata\.json$/
/** Names the version that readers see. */
const HINT = 'version-hint.text'

/** The files of one table on a local disk, as Iceberg's file-based catalogs lay them out. */
export interface TableFiles {
  /** The table's directory, as a URL. */
  location: string
  /** The newest metadata; undefined when there is no table. Throws for metadata that is damaged. */
  readMetadata(): TableMetadata | undefined
  /** Makes `metadata` the newest. Readers see the table before or after, never between; on disk when it returns. */
  commit(metadata: TableMetadata): void
  /** Shows readers the newest metadata where a crash has kept it from them; on disk when it returns. */
  publish(): void
  /** Writes a file at a path below the directory; on disk when it returns. Answers its location. */
  write(path: string, bytes: Uint8Array): string
  /** Reads the file at that location. Throws when it is missing. */
  read(location: string): Buffer
  /** Removes the file at that location, if it is there. */
  remove(location: string): void
  /** Every data file, manifest and manifest list below the directory, needed or not; times in milliseconds. */
  list(): { location: string; modifiedAt: number }[]
  /** Removes all metadata but the newest versions. */
  removeOldMetadata(keptVersions: number): void
}

/** The files of the table in `directory`, which this process alone writes. */
export function tableFiles(directory: string): TableFiles {
  const metadataDirectory = join(directory, 'metadata')

  /** A crash may come between the metadata and its hint: the highest number counts. */
  function version(): number {
    if (!existsSync(metadataDirectory)) return 0
    return Math.max(0, ...readdirSync(metadataDirectory).map((name) => Number(METADATA_FILE.exec(name)?.[1] ?? 0)))
  }

  function readMetadata(): TableMetadata | undefined {
    const newest = version()
    if (newest === 0) return undefined
    const path = join(metadataDirectory, `v${newest}.metadata.json`)
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as TableMetadata
    } catch (cause) {
      throw new Error(`the table metadata ${path} is damaged: ${String(cause)}`, { cause })
    }
  }

  function publish(): void {
    const newest = String(version())
    const hint = join(metadataDirectory, HINT)
    if (existsSync(hint) && readFileSync(hint, 'utf8') === newest) return
    writeAtomically(metadataDirectory, HINT, newest)
  }

  function write(path: string, bytes: Uint8Array): string {
    const target = join(directory, path)
    mkdirSync(dirname(target), { recursive: true })
    writeDurably(target, bytes)
    return pathToFileURL(target).href
  }

  function list() {
    const found: { location: string; modifiedAt: number }[] = []
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !NEEDED_FILE.test(entry.name)) continue
      const path = join(entry.parentPath, entry.name)
      found.push({ location: pathToFileURL(path).href, modifiedAt: statSync(path).mtimeMs })
    }
    return found
  }

  return {
    location: pathToFileURL(directory).href,
    readMetadata,
    commit(metadata: TableMetadata): void {
      writeAtomically(metadataDirectory, `v${version() + 1}.metadata.json`, JSON.stringify(metadata))
      publish()
    },
    publish,
    write,
    read(location: string): Buffer {
      try {
        return readFileSync(fileURLToPath(location))
      } catch (cause) {
        throw new Error(`the table's file ${location} cannot be read: ${String(cause)}`, { cause })
      }
    },
    remove: (location) => rmSync(fileURLToPath(location), { force: true }),
    list,
    removeOldMetadata(keptVersions: number): void {
      const newest = version()
      for (const name of readdirSync(metadataDirectory)) {
        const found = METADATA_FILE.exec(name)
        if (found !== null && Number(found[1]) <= newest - keptVersions) rmSync(join(metadataDirectory, name))
      }
    },
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w')
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function writeAtomically(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true })
  const temporary = join(directory, `${name}.tmp`)
  writeDurably(temporary, Buffer.from(text))
  renameSync(temporary, join(directory, name))
  syncDirectory(directory)
}

/** Makes a new name durable. Windows has no such call and needs none. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const opened = openSync(directory, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
