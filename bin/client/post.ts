import { call } from './call.ts'
import type { Connection } from './connection.ts'

/** Posts JSON to a path that the AWS SDK does not know; the answer. Throws an error named as the API names it. */
export function post(connection: Connection, path: string, body: unknown): Promise<unknown> {
  return call(connection, { method: 'POST', path, body })
}
