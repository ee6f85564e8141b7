import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type AsOf, athenaQuery } from '../../local/history/athena-query.ts'
import { TEXT_FORMATS, type TextFormat } from '../../local/history/format/format.ts'
import { type Histories, openHistories } from '../../local/history/histories.ts'
import { query, queryToParquet } from '../../local/history/query.ts'
import { writeWhole } from '../../local/history/write-whole.ts'
import { print } from '../output.ts'
import { athenaGroups } from './athena-groups.ts'
import type { HistoryOptions } from './history-options.ts'
import { interruptible } from './interruptible.ts'
import { warnOfWaiting } from './warn-of-waiting.ts'

export interface PrintQueryOptions extends HistoryOptions {
  asOf?: AsOf
  format: TextFormat | 'parquet'
  output?: string
}

/** Prints the answer to a query, or writes it to a file. Answers the exit status. */
export async function printQuery(sql: string, options: PrintQueryOptions): Promise<number> {
  const { dialect, asOf, data } = options
  if (dialect === 'athena') {
    await print(`${athenaQuery(sql, await athenaGroups(sql, options), asOf)}\n`)
    return 0
  }
  const histories = openHistories(data)
  return await interruptible(async (signal) => {
    await answer(histories, sql, { ...options, signal })
    warnOfWaiting(histories)
  })
}

async function answer(
  histories: Histories,
  sql: string,
  { format, output, ...options }: PrintQueryOptions & { signal: AbortSignal },
): Promise<void> {
  if (format === 'parquet') {
    if (output === undefined) throw new Error('a Parquet file needs a name')
    return await queryToParquet(histories, sql, { ...options, output })
  }
  const texts = TEXT_FORMATS[format]
  if (output === undefined) {
    const take = async (rows: Parameters<typeof texts>[0]) => {
      for await (const text of texts(rows)) await print(text)
    }
    return await query(histories, sql, { ...options, take })
  }
  await writeWhole(output, (path) =>
    query(histories, sql, {
      ...options,
      take: (rows) => pipeline(Readable.from(texts(rows)), createWriteStream(path)),
    }),
  )
}
