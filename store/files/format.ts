import { extname } from 'node:path'
import { uncompressedName } from './compression.ts'
import type { Format } from './row-input.ts'

const FORMAT_OF_EXTENSION: { [extension: string]: Format } = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
}

/** The format that a file's extension says. */
export function formatOf(name: string): Format | undefined {
  return FORMAT_OF_EXTENSION[extname(uncompressedName(name)).toLowerCase()]
}
