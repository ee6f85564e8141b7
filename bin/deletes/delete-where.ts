import { confirm } from './confirm.ts'
import type { DeleteMode, DeletePreview, DeleteRequest, DeleteSessions } from './delete-sessions.ts'
import { followSession, printJson } from './follow-session.ts'

const CONSEQUENCE: Record<DeleteMode, string> = {
  soft: 'They can be brought back with "cairn deletes undo" until the undo window ends.',
  hard: 'Nothing brings them back.',
  erase: 'They go from the history too, older versions included. Nothing brings them back.',
}

const TERMINAL = { input: process.stdin, output: process.stderr }

export interface DeleteWhereOptions {
  dryRun?: boolean
  watch?: boolean
  yes?: boolean
}

/**
 * Deletes what matches, on a terminal after asking, and prints the server's answer, or with `watch` the status at the
 * end. With `dryRun` it prints what would be deleted. Answers the exit status.
 */
export async function deleteWhere(
  sessions: DeleteSessions,
  request: DeleteRequest,
  { dryRun, watch, yes }: DeleteWhereOptions,
): Promise<number> {
  if (dryRun) {
    await printJson(await sessions.preview(request))
    return 0
  }
  const isAsked = !yes && process.stdin.isTTY && process.stderr.isTTY
  const hasBar = watch && process.stderr.isTTY
  const preview = isAsked || hasBar ? await sessions.preview(request) : undefined
  if (isAsked && preview !== undefined && !(await confirm(deleteQuestion(preview, request.mode), TERMINAL))) {
    process.stderr.write('cairn: nothing was deleted\n')
    return 1
  }
  const answer = await sessions.start(request)
  if (watch) return await followSession({ sessions, name: answer.name, total: totalOf(preview) })
  await printJson(answer)
  return 0
}

/** What a person is asked before records go. */
export function deleteQuestion(
  { table, matched, oldest, newest, isComplete }: DeletePreview,
  mode: DeleteMode,
): string {
  const count = `${isComplete ? '' : 'at least '}${matched.toLocaleString('en-US')}`
  const times = oldest === null ? '' : `, event times ${oldest} to ${newest}`
  const records = `${count} ${matched === 1 ? 'record' : 'records'} of ${table} now`
  return `The delete matches ${records}${times}. ${CONSEQUENCE[mode]}\nDelete?`
}

function totalOf(preview: DeletePreview | undefined): number | undefined {
  return preview?.isComplete ? preview.matched : undefined
}
