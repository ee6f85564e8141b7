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
import { join } from 'node:path'

/**
 * The calls of a file system that a table is made of. What is written, made, renamed or removed may be lost in a crash
 * until it is synced: the bytes of a file by `syncFile`, the names in a directory by `syncDirectory`.
 */
export interface Disk {
  /** Makes a directory and those above it; answers the highest one that was not there. */
  makeDirectory(path: string): string | undefined
  /** Makes a file of these bytes, in the place of one that is there. */
  write(path: string, bytes: Uint8Array): void
  syncFile(path: string): void
  syncDirectory(path: string): void
  rename(from: string, to: string): void
  /** Removes a file, if it is there. */
  remove(path: string): void
  exists(path: string): boolean
  read(path: string): Buffer
  /** The names in a directory. */
  names(directory: string): string[]
  /** Every file below a directory; times in milliseconds. */
  files(directory: string): { path: string; modifiedAt: number }[]
}

/** The file system of this machine. */
export const localDisk: Disk = {
  makeDirectory: (path) => mkdirSync(path, { recursive: true }),
  write(path, bytes) {
    using(path, 'w', (file) => {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    })
  },
  // Windows syncs only what is open for writing.
  syncFile: (path) => using(path, 'r+', fsyncSync),
  /** Windows has no such call and needs none. */
  syncDirectory(path) {
    if (process.platform !== 'win32') using(path, 'r', fsyncSync)
  },
  rename: renameSync,
  remove: (path) => rmSync(path, { force: true }),
  exists: existsSync,
  read: (path) => readFileSync(path),
  names: (directory) => readdirSync(directory),
  files: (directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, modifiedAt: statSync(path).mtimeMs })),
}

function using(path: string, flags: string, use: (file: number) => void): void {
  const file = openSync(path, flags)
  try {
    use(file)
  } finally {
    closeSync(file)
  }
}
