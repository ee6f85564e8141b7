import { Command } from 'commander'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { post } from '../client/post.ts'

const EXAMPLES = `
Example:
  cairn flush`

/** `cairn flush`: has the server move what waits for the history into its tables now. */
export function flushCommand(): Command {
  const command = new Command('flush')
    .description('move what waits for the history into its Iceberg tables now')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Connection) => {
      process.stdout.write(`${JSON.stringify(await post(options, '/flush', {}), null, 2)}\n`)
    })
  return addConnectionOptions(command)
}
