import { Command, Option } from 'commander'
import { parseSessionName } from '../arguments/session-name.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { print } from '../output.ts'

const STATUSES = ['processing', 'completed', 'failed', 'cancelled', 'undoing', 'undone']

const WATCH = ['--watch', 'wait until it has ended, with a progress bar'] as const

/** `cairn deletes`: the sessions that `cairn delete-where` began. */
export function deletesCommand(): Command {
  return new Command('deletes')
    .description('list, show, cancel and undo delete sessions')
    .addCommand(addConnectionOptions(listSessionsCommand()))
    .addCommand(addConnectionOptions(showSessionCommand()))
    .addCommand(addConnectionOptions(cancelSessionCommand()))
    .addCommand(addConnectionOptions(undoSessionCommand()))
    .addHelpText('after', '\nExample:\n  cairn deletes list --status processing')
}

function listSessionsCommand(): Command {
  return new Command('list')
    .description('print the delete sessions, newest first')
    .option('--table <group>', 'only of this feature group')
    .addOption(new Option('--status <status>', 'only with this status').choices(STATUSES))
    .addHelpText('after', '\nExample:\n  cairn deletes list --table customers --status completed')
    .action(async ({ table, status, ...connection }: Connection & { table?: string; status?: string }) => {
      const { tableText } = await import('../../local/history/format/table.ts')
      const { sessionRows } = await import('../deletes/session-rows.ts')
      const pages = (await sessionsOf(connection)).pages({ ...(table && { table }), ...(status && { status }) })
      for await (const text of tableText(sessionRows(pages))) await print(text)
    })
}

function showSessionCommand(): Command {
  return new Command('show')
    .description('print the status of a delete session as JSON')
    .argument('<session>', 'name of the session', parseSessionName)
    .option(...WATCH)
    .addHelpText(
      'after',
      '\nExamples:\n  cairn deletes show no-small-orders\n  cairn deletes show no-small-orders --watch',
    )
    .action(async (name: string, options: Connection & { watch?: boolean }) => {
      const { followSession, printJson } = await import('../deletes/follow-session.ts')
      const sessions = await sessionsOf(options)
      const status = await sessions.get(name)
      if (!options.watch) return await printJson(status)
      const total = status.status === 'undoing' ? status.deleted : undefined
      process.exitCode = await followSession({ sessions, name, total })
    })
}

function cancelSessionCommand(): Command {
  return new Command('cancel')
    .description('stop a delete session; what it has deleted stays deleted, and can be undone')
    .argument('<session>', 'name of the session', parseSessionName)
    .requiredOption('--reason <text>', 'why, for the ledger')
    .addHelpText('after', "\nExample:\n  cairn deletes cancel no-small-orders --reason 'wrong campaign'")
    .action(async (name: string, options: Connection & { reason: string }) => {
      const { printJson } = await import('../deletes/follow-session.ts')
      await printJson(await (await sessionsOf(options)).cancel(name, options.reason))
    })
}

function undoSessionCommand(): Command {
  return new Command('undo')
    .description('bring back what a delete session of mode soft deleted and nobody has written since')
    .argument('<session>', 'name of the session', parseSessionName)
    .option(...WATCH)
    .addHelpText('after', '\nExample:\n  cairn deletes undo no-small-orders --watch')
    .action(async (name: string, options: Connection & { watch?: boolean }) => {
      const { followSession, printJson } = await import('../deletes/follow-session.ts')
      const sessions = await sessionsOf(options)
      const status = await sessions.undo(name)
      if (!options.watch) return await printJson(status)
      process.exitCode = await followSession({ sessions, name, total: status.deleted })
    })
}

async function sessionsOf(connection: Connection) {
  const { deleteSessions } = await import('../deletes/delete-sessions.ts')
  return deleteSessions(connection)
}
