import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isPacked, unpackedFeatures } from '../../../store/offline/packed-features.ts'
import type { StoredFeature } from '../../../store/offline/stored-features.ts'
import { readTable } from '../../store/offline/iceberg/read-table.ts'
import type { Client } from './client.ts'
import type { Row } from './record-model.ts'
import { GROUP } from './writer.ts'

/** Every row of the history: what its table has for whoever reads it, and what else is in the log. */
export async function readHistory(dataDirectory: string): Promise<Row[]> {
  // The log first: a row that leaves it meanwhile is in the table by then.
  const logged = readLog(dataDirectory)
  const [table] = tableDirectories(dataDirectory)
  const moved = table === undefined ? [] : await readTableRows(table)
  const last = moved.reduce((max, { sequence }) => Math.max(max, sequence), 0)
  return [...moved, ...logged.filter(({ sequence }) => sequence > last)].map(({ row }) => row)
}

interface NumberedRow {
  sequence: number
  row: Row
}

function tableDirectories(dataDirectory: string): string[] {
  const offline = join(dataDirectory, 'offline')
  return existsSync(offline) ? readdirSync(offline).map((name) => join(offline, name)) : []
}

async function readTableRows(table: string): Promise<NumberedRow[]> {
  if (!existsSync(join(table, 'metadata/version-hint.text'))) return []
  const rows = await readTable(table)
  return rows.map(({ id, time, is_deleted: isDeleted, value, kept, _sequence: sequence }) => ({
    sequence: Number(sequence),
    row: {
      identifier: String(id),
      timeText: Number(time).toFixed(6),
      ...(isDeleted === false && { value: String(value), kept: String(kept) }),
    },
  }))
}

function readLog(dataDirectory: string): NumberedRow[] {
  const db = new DatabaseSync(join(dataDirectory, 'records.db'), { readOnly: true })
  const rows = db
    .prepare('SELECT sequence, identifier, event_time_text, is_deleted, features FROM history ORDER BY sequence')
    .all()
  db.close()
  return rows.map((row) => ({
    sequence: Number(row['sequence']),
    row: {
      identifier: String(row['identifier']),
      timeText: String(row['event_time_text']),
      ...(row['is_deleted'] === 0 && valuesOf(featuresOf(String(row['features'])))),
    },
  }))
}

function featuresOf(text: string): StoredFeature[] {
  return isPacked(text) ? unpackedFeatures(['id', 'time', 'value', 'kept'], text) : JSON.parse(text)
}

function valuesOf(record: StoredFeature[]) {
  const textOf = (name: string) => String(record.find(({ FeatureName }) => FeatureName === name)?.ValueAsString)
  return { value: textOf('value'), kept: textOf('kept') }
}

/** What the online store answers for an identifier. */
export interface Answered {
  timeText: string
  value: string
  kept: string
}

/** Every live record, by identifier, as reads of many at a time answer them. */
export async function readOnline(client: Client): Promise<Map<string, Answered>> {
  const identifiers = await listIdentifiers(client, false)
  const found = new Map<string, Answered>()
  for (let at = 0; at < identifiers.length; at += 100) {
    const block = { FeatureGroupName: GROUP, RecordIdentifiersValueAsString: identifiers.slice(at, at + 100) }
    const { body } = await client.call('BatchGetRecord', { Identifiers: [block] })
    for (const { RecordIdentifierValueAsString, Record } of JSON.parse(body).Records) {
      const time = Record.find(({ FeatureName }: StoredFeature) => FeatureName === 'time').ValueAsString
      found.set(RecordIdentifierValueAsString, { timeText: time, ...valuesOf(Record) })
    }
  }
  return found
}

/** The identifiers of all records, those of tombstones too if asked. */
export async function listIdentifiers(client: Client, withDeleted: boolean): Promise<string[]> {
  const identifiers: string[] = []
  let token: { NextToken?: string } = {}
  do {
    const input = { FeatureGroupName: GROUP, IncludeSoftDeletedRecords: withDeleted, ...token }
    const { RecordIdentifiers, NextToken } = JSON.parse((await client.call('ListRecords', input)).body)
    identifiers.push(...RecordIdentifiers)
    token = NextToken === undefined ? {} : { NextToken }
  } while (token.NextToken !== undefined)
  return identifiers
}
