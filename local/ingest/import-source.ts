import { createWriteStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { formatOfName } from '../../store/imports/file-format.ts'
import { writeWhole } from '../history/write-whole.ts'
import type { Format } from './format.ts'
import type { Input } from './input.ts'
import { openInput } from './open-input.ts'

/** A file to import, and where it is told what became of its rows. */
export interface ImportSource {
  input: Input
  /** What the result says of where the rows are from. */
  origin: object
  /** Where the result goes. */
  resultName: string
  saveResult(chunks: AsyncIterable<Uint8Array>): Promise<void>
}

export interface ImportSourceOptions {
  format?: Format | undefined
  /** The address of S3. @default - that of AWS, or the one that the environment says */
  s3Endpoint?: string | undefined
}

export const RESULT_SUFFIX = '.result.json'

/**
 * Opens a file, or an object that is named `s3://bucket/key`. Its name says the format as in the bucket of files. Throws
 * when it cannot be read.
 */
export async function openImportSource(
  file: string,
  { s3Endpoint, format }: ImportSourceOptions,
  signal: AbortSignal,
): Promise<ImportSource> {
  if (file === '-') throw new Error('stdin has no place for a result: name a file, or use cairn ingest')
  if (file.startsWith('s3://')) {
    const { openS3Source } = await import('./import-source-s3.ts')
    return await openS3Source(file, { s3Endpoint, format }, signal)
  }
  const input = await openInput(file, format ?? formatOfName(basename(file)), signal)
  const resultName = `${file}${RESULT_SUFFIX}`
  return {
    input,
    origin: { File: file },
    resultName,
    saveResult: (chunks) => writeWhole(resultName, (path) => pipeline(chunks, createWriteStream(path))),
  }
}
