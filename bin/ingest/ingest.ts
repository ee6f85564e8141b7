import { resolve } from 'node:path'
import type { Format } from '../../local/ingest/format.ts'
import { openInput } from '../../local/ingest/open-input.ts'
import { groupNameOf } from './group-name.ts'
import { type Counts, noCounts } from './load-rows.ts'
import { openRefusals } from './refusals.ts'
import { runIngestion } from './run-ingestion.ts'
import { type WriteOptions, writeInput } from './write-input.ts'

export interface IngestOptions extends WriteOptions {
  format?: Format
  refused?: string
}

/**
 * Writes the rows of a file to a feature group and says what became of them. Answers the exit status: 0, 2 when rows
 * were refused, or that of a signal. Throws when nothing more can be written.
 */
export async function ingest(file: string, options: IngestOptions): Promise<number> {
  return await runIngestion((signal) => ingestFile(file, options, signal))
}

async function ingestFile(file: string, options: IngestOptions, signal: AbortSignal): Promise<Counts> {
  const startedAt = Date.now()
  const input = await openInput(file, options.format, signal)
  const counts = noCounts()
  try {
    const { create, refused = `${input.name}.refused.jsonl` } = options
    if (resolve(refused) === resolve(file)) throw new Error(`--refused names the file that is read: ${file}`)
    const group = options.group ?? (create && file !== '-' ? groupNameOf(input.uncompressedName) : undefined)
    const refusals = openRefusals(refused)
    try {
      await writeInput(input, { ...options, group }, { signal, refusals, counts, startedAt })
      return counts
    } finally {
      refusals.close()
      if (counts.refused > 0) process.stderr.write(`cairn: refused rows and the reasons are in ${refused}\n`)
    }
  } finally {
    await input.close()
  }
}
