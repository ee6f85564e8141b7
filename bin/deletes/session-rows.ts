import type { SessionStatus } from './delete-sessions.ts'

const COLUMNS = ['accepted', 'status', 'mode', 'table', 'matched', 'deleted', 'conflicts', 'restored', 'session']

/** Sessions as the columns and rows of a table. */
export function sessionRows(pages: AsyncIterable<SessionStatus[]>) {
  return { columns: COLUMNS, portions: portionsOf(pages) }
}

async function* portionsOf(pages: AsyncIterable<SessionStatus[]>) {
  for await (const page of pages) yield page.map(rowOf)
}

function rowOf(session: SessionStatus): (string | number)[] {
  const { acceptedAt, status, mode, table, matched, deleted, conflicts, restored, name } = session
  return [acceptedAt, status, mode, table, matched, deleted, conflicts, restored, name]
}
