import type { BatchWriteRecordEntry, BatchWriteRecordResponse } from '@aws-sdk/client-sagemaker-featurestore-runtime'
import type { Fate } from './destination.ts'
import type { OutgoingRow } from './send-batch.ts'

/**
 * What an answer of BatchWriteRecord says of each row. After an unprocessed row the later ones of its record are
 * unprocessed too: sent alone, that one would overwrite them. Throws for an answer about an entry that was not sent.
 */
export function settle(rows: OutgoingRow[], { Errors = [], UnprocessedEntries = [] }: BatchAnswer): Fate[] {
  if (Errors.length === 0 && UnprocessedEntries.length === 0) return rows.map(() => 'written')
  const find = rowFinder(rows)
  const refused = new Map(
    Errors.map(({ Entry, ErrorCode, ErrorMessage }) => [find(Entry), `${ErrorCode}: ${ErrorMessage}`]),
  )
  const unprocessed = new Set(UnprocessedEntries.map(find))
  const waiting = new Set<string>()
  return rows.map((row) => {
    const reason = refused.get(row)
    if (reason !== undefined) return { refused: reason }
    if (unprocessed.has(row)) waiting.add(row.identifier)
    return waiting.has(row.identifier) ? 'unprocessed' : 'written'
  })
}

type BatchAnswer = Partial<Pick<BatchWriteRecordResponse, 'Errors' | 'UnprocessedEntries'>>

/** Finds the row of an entry that the server echoes, each row once. Throws for an entry that was not sent. */
function rowFinder(rows: OutgoingRow[]): (entry: BatchWriteRecordEntry | undefined) => OutgoingRow {
  const left = Map.groupBy(rows, ({ event }) => entryKey(event.input))
  return (entry) => {
    const row = left.get(entryKey(entry))?.shift()
    if (row === undefined) throw new Error('the server named an entry in its answer that was not sent')
    return row
  }
}

interface EntryLike {
  FeatureGroupName: string | undefined
  Record: { FeatureName?: string; ValueAsString?: string | null; ValueAsStringList?: string[] | null }[] | undefined
}

function entryKey(entry: EntryLike | undefined): string {
  const values = (entry?.Record ?? []).map(({ FeatureName, ValueAsString, ValueAsStringList }) => [
    FeatureName,
    ValueAsString,
    ValueAsStringList,
  ])
  return JSON.stringify([entry?.FeatureGroupName, values])
}
