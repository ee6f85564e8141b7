import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { failureMessage } from './client/failure.ts'
import { datasetCommand } from './commands/dataset.ts'
import { deleteCommand } from './commands/delete.ts'
import { deleteWhereCommand } from './commands/delete-where.ts'
import { deletesCommand } from './commands/deletes.ts'
import { eraseCommand } from './commands/erase.ts'
import { flushCommand } from './commands/flush.ts'
import { getCommand } from './commands/get.ts'
import { groupsCommand } from './commands/groups.ts'
import { importCommand } from './commands/import.ts'
import { ingestCommand } from './commands/ingest.ts'
import { listCommand } from './commands/list.ts'
import { queryCommand } from './commands/query.ts'
import { restoreCommand } from './commands/restore.ts'
import { serveCommand } from './commands/serve.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const cairn = new Command('cairn')
  .description('A feature store that speaks the protocol of Amazon SageMaker Feature Store.')
  .version(version)
  .addCommand(serveCommand())
  .addCommand(groupsCommand())
  .addCommand(ingestCommand())
  .addCommand(importCommand())
  .addCommand(getCommand())
  .addCommand(listCommand())
  .addCommand(deleteCommand())
  .addCommand(deleteWhereCommand())
  .addCommand(deletesCommand())
  .addCommand(restoreCommand())
  .addCommand(eraseCommand())
  .addCommand(flushCommand())
  .addCommand(queryCommand())
  .addCommand(datasetCommand())
  .addHelpText(
    'after',
    '\nExample:\n  cairn serve &\n  cairn ingest loans.csv --create --id loan_id --event-time event_time',
  )

let endpoint: string | undefined
cairn.hook('preAction', (_, command) => {
  endpoint = command.opts()['endpoint']
})

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads the output may have seen enough, as `head` does.
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`cairn: the output cannot be written: ${error.message}\n`)
  process.exit(1)
})

try {
  await cairn.parseAsync()
} catch (error) {
  process.stderr.write(`cairn: ${failureMessage(error, endpoint)}\n`)
  process.exitCode = 1
}
