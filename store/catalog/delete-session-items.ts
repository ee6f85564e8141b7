import type { DeleteSession } from '../deletes/delete-session.ts'
import { placeOf, sessionDueAt } from './delete-session-place.ts'
import type { CatalogItem, StoredItem } from './items.ts'
import {
  deleteSessionKey,
  deleteSessionsPartition,
  deleteTurnSort,
  deleteTurnsPartition,
  dueSort,
  type groupKey,
  PAYLOADS_DUE,
} from './keys.ts'

type Key = ReturnType<typeof groupKey>

/** What is to be put and deleted next to the item of a session, so that it is found as it is now. */
export interface FinderChanges {
  puts: CatalogItem[]
  deletes: Key[]
}

export function sessionItem(session: DeleteSession): CatalogItem {
  return {
    ...deleteSessionKey(session.name),
    revision: { N: String(session.revision) },
    session: { S: JSON.stringify(session) },
  }
}

export function readSession(item: StoredItem): DeleteSession {
  const text = item['session']?.S
  if (text === undefined) throw new Error(`catalog item ${item['pk']?.S} ${item['sk']?.S} has no session`)
  return JSON.parse(text) as DeleteSession
}

/** The name of the session that an item leads to. */
export function readSessionName(item: StoredItem): string {
  const name = item['name']?.S
  if (name === undefined) throw new Error(`catalog item ${item['pk']?.S} ${item['sk']?.S} leads to no session`)
  return name
}

/** What differs between the items that lead to a session before and after a change; few changes do any. */
export function finderChanges(before: DeleteSession | undefined, after: DeleteSession): FinderChanges {
  const old = before === undefined ? [] : finders(before)
  const texts = new Set(old.map((item) => JSON.stringify(item)))
  const made = finders(after)
  const keys = new Set(made.map(keyText))
  return {
    puts: made.filter((item) => !texts.has(JSON.stringify(item))),
    deletes: old.filter((item) => !keys.has(keyText(item))).map(({ pk, sk }) => ({ pk, sk })),
  }
}

type Finder = Key & { name: { S: string }; status?: { S: string } }

function finders(session: DeleteSession): Finder[] {
  const { name, turn, groupId } = session
  const dueAt = sessionDueAt(session)
  const finder = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk }, name: { S: name } })
  const listed = { status: { S: session.status } }
  return [
    { ...finder(deleteSessionsPartition(), placeOf(session)), ...listed },
    { ...finder(deleteSessionsPartition(session.table), placeOf(session)), ...listed },
    ...(turn === undefined ? [] : [finder(deleteTurnsPartition(groupId), deleteTurnSort(turn, name))]),
    ...(dueAt === undefined ? [] : [finder(PAYLOADS_DUE, dueSort(dueAt, name))]),
  ]
}

function keyText({ pk, sk }: Key): string {
  return JSON.stringify([pk.S, sk.S])
}
