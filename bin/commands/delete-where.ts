import { Command, Option } from 'commander'
import { type DeleteCondition, parseDeleteFilter } from '../arguments/delete-filter.ts'
import { parseSessionName } from '../arguments/session-name.ts'
import { wholeNumber } from '../arguments/whole-number.ts'
import { parseWindowEnd } from '../arguments/window-end.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import type { DeleteMode, DeleteRequest } from '../deletes/delete-sessions.ts'
import type { DeleteWhereOptions } from '../deletes/delete-where.ts'

interface WhereOptions extends Connection, DeleteWhereOptions {
  from?: string
  to?: string
  filter?: DeleteCondition[]
  mode: DeleteMode
  session?: string
  maxRows?: number
  all?: true
}

const NOTES = `
A record goes when it was written before, its event time is in the window [--from, --to) and it matches every --filter.
Times are UTC: 2026-01-31, 2026-01-31T12:00:00, 2026.01.31 or 2026.01.31D12:00:00, with up to 9 digits of a second.

A filter is COLUMN OPERATOR VALUE:
  'country = US'               also <>, <, <=, >, >=: 'spend>=100'
  'city = "New York"'          a value that is empty, has blanks or commas, or begins with a sign or bracket: as JSON
  'country in US,DE,"A, B"'    one of a list, which may be JSON: 'country in ["US","DE"]'
  'spend within 10,20'         from the first to the second, both included
  'name like A*'               ? is one character, * any run, [a-z] and [^a-z] one of these; the whole value, case counts
or the API's triple as JSON:   '["=","country","US"]'. null is written in JSON only: '["=","country",null]'
A feature that a record does not have is null, and null is below every value: <, <= and <> match it.

--mode soft keeps what the records were, so that "cairn deletes undo" brings them back. hard removes them, and erase
removes them from the history too, with the snapshots that have them: nothing brings back what hard and erase remove.

On a terminal it shows how many records match and asks first, unless --yes says not to. The delete itself goes on in the
server: --watch shows how far it is and waits for its end; the exit status is then 1 unless it was completed.

Examples:
  cairn delete-where orders --from 2026-01-01 --to 2026-02-01 --filter 'campaign = "spring 26"' --dry-run
  cairn delete-where orders --filter 'country in US,CA' --filter 'spend < 10' --session no-small-orders --watch
  cairn delete-where orders --all --mode hard --max-rows 1000 --yes`

/** `cairn delete-where`: deletes the records that a window and a filter match. */
export function deleteWhereCommand(): Command {
  const command = new Command('delete-where')
    .description('delete the records in a time window that match a filter, in a session that can be watched and undone')
    .argument('<group>', 'name of the feature group')
    .addOption(new Option('--from <time>', 'event times from then on').argParser(parseWindowEnd))
    .addOption(new Option('--to <time>', 'event times before then').argParser(parseWindowEnd))
    .addOption(
      new Option('--filter <condition>', 'only records that match; repeat it for more conditions').argParser(
        (text, filter: DeleteCondition[] = []) => [...filter, parseDeleteFilter(text)],
      ),
    )
    .option('--all', 'every record: needed when there is neither window nor filter')
    .addOption(
      new Option('--mode <mode>', 'what becomes of the records').choices(['soft', 'hard', 'erase']).default('soft'),
    )
    .option('--session <name>', 'name of the session; asked for again, it is the same session', parseSessionName)
    .option('--max-rows <count>', 'delete nothing when more records match', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--dry-run', 'print how many records match, some of them and their oldest and newest time; delete nothing')
    .option('--watch', 'wait until it has ended, with a progress bar')
    .option('--yes', 'do not ask')
    .addHelpText('after', NOTES)
    .action(async (group: string, options: WhereOptions) => {
      const { deleteSessions } = await import('../deletes/delete-sessions.ts')
      const { deleteWhere } = await import('../deletes/delete-where.ts')
      process.exitCode = await deleteWhere(deleteSessions(options), requestOf(group, options), options)
    })
  return addConnectionOptions(command)
}

function requestOf(table: string, { from, to, filter, mode, session, maxRows, all }: WhereOptions): DeleteRequest {
  return { session, table, startTS: from, endTS: to, filter, mode, maxRows, all }
}
