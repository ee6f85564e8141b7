import { extname } from 'node:path'
import { quote, validationError } from '../api-error.ts'
import { uncompressedName } from '../files/compression.ts'
import { formatOf } from '../files/format.ts'
import type { Format } from '../files/row-input.ts'

/** The format that a file's name says, that of a compressed one too. Throws ValidationError when it says none. */
export function formatOfName(name: string): Format {
  const format = formatOf(name) ?? (extname(uncompressedName(name)).toLowerCase() === '.json' ? 'jsonl' : undefined)
  if (format !== undefined) return format
  throw validationError(
    `the format of ${quote(name)} is not known. Its name must end with .csv, .jsonl, .ndjson, .json or .parquet, and after that with .gz or .zst if it is compressed.`,
  )
}
