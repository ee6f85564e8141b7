import { Command, Option } from 'commander'
import { parseTime } from '../arguments/point-in-time.ts'
import { parseSessionNames } from '../arguments/session-names.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'

interface RestoreOptions extends Connection {
  asOf?: number
  ignoreDelete?: string[]
  replace?: true
}

const NOTES = `
The latest version of each record in the history is written online, and what was deleted stays deleted: every delete
session is honoured but those that are named. The server leaves out those of its own CAIRN_IGNORE_DELETE too. Nothing is
written to the history, and a record that is written meanwhile wins by its event time.

The online store must have no live record, or --replace: then what was written before the restore began is removed
first. A restore ends the undo of the sessions before it: name such a session in --ignore-delete instead.

The history does not have the time to live of single records: that of the group applies from the event time, and what it
has ended is not restored. What was written to the online store alone is not in the history.

The restore itself goes on in the server; this waits for its end. The exit status is 1 unless it was completed.

Examples:
  cairn restore orders
  cairn restore orders --replace --ignore-delete no-small-orders
  cairn restore orders --replace --as-of 2026-01-31T12:00:00Z`

/** `cairn restore`: rebuilds the online store of a group from its history. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('rebuild the online store of a feature group from its history')
    .argument('<group>', 'name or ARN of the feature group')
    .addOption(new Option('--as-of <time>', 'only what was written to the history by then').argParser(parseTime))
    .addOption(
      new Option('--ignore-delete <session,…>', 'delete sessions that are not honoured')
        .env('CAIRN_IGNORE_DELETE')
        .argParser(parseSessionNames),
    )
    .option('--replace', 'remove what is online before')
    .addHelpText('after', NOTES)
    .action(async (group: string, options: RestoreOptions) => {
      const { restoreGroup } = await import('../restores/restore-group.ts')
      process.exitCode = await restoreGroup(options, requestOf(group, options))
    })
  return addConnectionOptions(command)
}

function requestOf(FeatureGroupName: string, { asOf, ignoreDelete, replace }: RestoreOptions) {
  return {
    FeatureGroupName,
    ...(asOf !== undefined && { AsOf: new Date(asOf).toISOString() }),
    ...(ignoreDelete !== undefined && { IgnoreDelete: ignoreDelete }),
    ...(replace && { Replace: true }),
  }
}
