import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { quote } from '../api-error.ts'
import type { EventTime } from '../records/event-time.ts'
import { FeatureGroupNameOrArn } from '../requests/model.ts'
import type { DeleteMode } from './delete-session.ts'
import { DELETE_TIME_FORMS, parseDeleteTime, windowOf } from './delete-time.ts'
import { type FilterTriple, readFilter } from './filter.ts'
import { KdbError, type KdbErrorText } from './kdb-error.ts'
import { readMembers } from './request-members.ts'
import { SESSION_NAME } from './session-name.ts'
import { told } from './told.ts'

/** What a caller asks to delete. The filter's columns and values are to be checked against the group. */
export interface DeleteRequest {
  session?: string
  /** The name of the feature group, or its ARN. */
  table: string
  /** Event times from `from` on and before `to`, in microseconds. */
  from?: EventTime
  to?: EventTime
  filter: FilterTriple[]
  mode: DeleteMode
  maxRows?: number
  dryRun: boolean
  /** The same for requests that ask the same, whatever their session's name and whether or not it is a dry run. */
  fingerprint: string
}

const MEMBERS = ['session', 'table', 'startTS', 'endTS', 'filter', 'mode', 'all', 'maxRows', 'dryRun']
const MODES: readonly DeleteMode[] = ['soft', 'hard', 'erase']

/** `/delete/erase` is the address of another operation. */
const RESERVED_SESSION = 'erase'

/** The session is kept in the catalog as one item, which DynamoDB limits to 400 KB. */
const MAX_FILTER_BYTES = 256 * 1024

type Members = ReadonlyMap<string, unknown>

/**
 * Reads the body of `POST /delete`, that of kdb Insights
 * (https://code.kx.com/insights/microservices/database/storage/delete.html) and the members `mode`, `all`, `maxRows` and
 * `dryRun`. In kdb's members, an empty string and an empty list mean absent; null is a value of the wrong type. Throws
 * KdbError 400 with the member's name first in `details`: `missing` for no body, no table, and neither filter nor window
 * without `all`; `type` for another JSON type; `unknown` for another member; `invalid` for the rest. A request that names
 * no mode has the default one.
 */
export function parseDeleteRequest(body: Uint8Array, defaultMode: DeleteMode = 'soft'): DeleteRequest {
  const members = readMembers(body, MEMBERS)
  const table = tableOf(members)
  const session = sessionOf(members)
  const startTS = timeOf(members, 'startTS')
  const endTS = timeOf(members, 'endTS')
  if (startTS !== undefined && endTS !== undefined && endTS <= startTS) {
    throw refused(
      'invalid',
      `endTS ${quote(members.get('endTS'))} must be after startTS ${quote(members.get('startTS'))}`,
    )
  }
  const filter = filterOf(members)
  const mode = modeOf(members) ?? defaultMode
  const maxRows = maxRowsOf(members)
  const dryRun = flagOf(members, 'dryRun')
  const all = flagOf(members, 'all')
  if (filter.length === 0 && startTS === undefined && endTS === undefined && !all) {
    throw refused('missing', 'filter or window (startTS, endTS), or "all": true to delete every record')
  }
  const fingerprint = fingerprintOf([nameIn(table), startTS, endTS, filter, mode, all, maxRows])
  return {
    ...(session !== undefined && { session }),
    table,
    ...windowOf(startTS, endTS),
    filter,
    mode,
    ...(maxRows !== undefined && { maxRows }),
    dryRun,
    fingerprint,
  }
}

/** A member of kdb's that is a text, or undefined for none. */
function kdbText(members: Members, name: string): string | undefined {
  const value = kdbMember(members, name)
  if (value === undefined || typeof value === 'string') return value
  throw refused('type', `${name} ${told(value)} must be a string`)
}

function kdbMember(members: Members, name: string): unknown {
  const value = members.get(name)
  return value === '' || (Array.isArray(value) && value.length === 0) ? undefined : value
}

function tableOf(members: Members): string {
  const table = kdbText(members, 'table')
  if (table === undefined) throw refused('missing', 'table')
  if (v.is(FeatureGroupNameOrArn, table)) return table
  throw refused('invalid', `table ${quote(table)} must be the name or the ARN of a feature group`)
}

/** The name of a group that is given by its name or its ARN: no name has a slash. */
function nameIn(table: string): string {
  return table.slice(table.indexOf('/') + 1)
}

function sessionOf(members: Members): string | undefined {
  const session = kdbText(members, 'session')
  if (session === undefined || (SESSION_NAME.test(session) && session !== RESERVED_SESSION)) return session
  throw refused(
    'invalid',
    `session ${quote(session)} must be 1 to 128 of A-Z, a-z, 0-9, '.', '_', ':' and '-', beginning with a letter or a digit, and not '${RESERVED_SESSION}'`,
  )
}

function timeOf(members: Members, name: string): bigint | undefined {
  const text = kdbText(members, name)
  if (text === undefined) return undefined
  const time = parseDeleteTime(text)
  if (time === undefined) throw refused('invalid', `${name} ${quote(text)} must be a time as ${DELETE_TIME_FORMS}`)
  return time
}

function filterOf(members: Members): FilterTriple[] {
  const value = kdbMember(members, 'filter')
  const filter = value === undefined ? [] : readFilter(value)
  const bytes = Buffer.byteLength(JSON.stringify(filter))
  if (bytes <= MAX_FILTER_BYTES) return filter
  throw refused('invalid', `filter has ${bytes} bytes as JSON: it must have at most ${MAX_FILTER_BYTES}`)
}

function modeOf(members: Members): DeleteMode | undefined {
  const value = members.get('mode')
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw refused('type', `mode ${told(value)} must be a string`)
  const mode = MODES.find((known) => known === value)
  if (mode === undefined) throw refused('invalid', `mode ${quote(value)} must be one of ${MODES.join(', ')}`)
  return mode
}

function flagOf(members: Members, name: string): boolean {
  const value = members.get(name) ?? (members.has(name) ? null : false)
  if (typeof value === 'boolean') return value
  throw refused('type', `${name} ${told(value)} must be true or false`)
}

function maxRowsOf(members: Members): number | undefined {
  const value = members.get('maxRows')
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw refused('type', `maxRows ${quote(value)} must be a number`)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw refused('invalid', `maxRows ${value} must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`)
}

/** Times count by their instant: nanoseconds, as digits. */
function fingerprintOf(asked: unknown[]): string {
  const text = JSON.stringify(asked, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  return createHash('sha256').update(text).digest('hex')
}

function refused(text: KdbErrorText, details: string): KdbError {
  return new KdbError(400, text, details)
}
