import { Command, InvalidArgumentError, Option } from 'commander'
import { parseSessionNames } from '../arguments/session-names.ts'
import { wholeNumber } from '../arguments/whole-number.ts'
import { regionOption } from '../client/connection.ts'

const DEFAULT_PORT = 8480
const MAX_PORT = 65_535
const MAX_COMMIT_SECONDS = 86_400
const MAX_COMMIT_MEGABYTES = 4_096
const MAX_UNDO_DAYS = 3_650
const BYTES_PER_MEGABYTE = 1024 * 1024

const EXAMPLES = `
Examples:
  cairn serve
  cairn serve --port 0 --data /var/lib/cairn --log-level warn
  cairn serve --host 0.0.0.0 --access-token "$(cat token)"`

/** `cairn serve`: the embedded store over HTTP, until a signal stops it. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve a feature store that is kept in a directory of this machine')
    .addOption(
      new Option('--port <port>', 'port to listen on; 0 picks a free one')
        .env('CAIRN_PORT')
        .default(DEFAULT_PORT)
        .argParser(wholeNumber(0, MAX_PORT)),
    )
    .addOption(new Option('--data <directory>', 'where the data is kept').env('CAIRN_DATA').default('./.cairn'))
    .addOption(
      new Option('--host <address>', 'address to listen on; any other than loopback needs --access-token').default(
        '127.0.0.1',
      ),
    )
    .addOption(new Option('--access-token <token>', 'token that every request must bring').env('CAIRN_ACCESS_TOKEN'))
    .addOption(regionOption())
    .addOption(new Option('--account <id>', 'AWS account in ARNs').default('000000000000').argParser(parseAccount))
    .addOption(
      new Option('--log-level <level>', 'least level that is logged, on stderr')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addOption(
      new Option('--commit-seconds <seconds>', 'rows wait so long before they go into the tables of the history')
        .env('CAIRN_COMMIT_SECONDS')
        .default(60)
        .argParser(wholeNumber(0, MAX_COMMIT_SECONDS)),
    )
    .addOption(
      new Option('--commit-megabytes <megabytes>', 'or until so many megabytes of them wait')
        .env('CAIRN_COMMIT_MEGABYTES')
        .default(64)
        .argParser(wholeNumber(1, MAX_COMMIT_MEGABYTES)),
    )
    .addOption(
      new Option('--undo-days <days>', 'a soft delete session can be undone for so long')
        .env('CAIRN_UNDO_DAYS')
        .default(7)
        .argParser(wholeNumber(0, MAX_UNDO_DAYS)),
    )
    .addOption(
      new Option('--ignore-delete <session,…>', 'delete sessions that no restore from the history honours')
        .env('CAIRN_IGNORE_DELETE')
        .default([], 'none')
        .argParser(parseSessionNames),
    )
    .addHelpText('after', EXAMPLES)
    .action(async ({ data, commitSeconds, commitMegabytes, ignoreDelete, ...options }) => {
      const { serve } = await import('../../local/serve.ts')
      const commits = { commitAgeMs: commitSeconds * 1_000, commitBytes: commitMegabytes * BYTES_PER_MEGABYTE }
      await serve({ ...options, ...commits, dataDirectory: data, ignoredDeletes: ignoreDelete })
    })
}

function parseAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text
  throw new InvalidArgumentError('It must have 12 digits.')
}
