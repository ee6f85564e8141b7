import { Command } from 'commander'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { post } from '../client/post.ts'

const EXAMPLES = `
Every version of the records goes: online, in the history, in its earlier snapshots. It cannot be undone. The answer
is a proof of what was removed and when the files that are left were read and found without them.

Example:
  cairn erase customers C-0001 C-0002`

/** `cairn erase`: removes records from both stores and from the past. */
export function eraseCommand(): Command {
  const command = new Command('erase')
    .description('erase records from the online store and from the whole history')
    .argument('<group>', 'name or ARN of the feature group')
    .argument('<id...>', 'identifiers of the records, at most 100')
    .addHelpText('after', EXAMPLES)
    .action(async (group: string, ids: string[], options: Connection) => {
      const request = { FeatureGroupName: group, RecordIdentifiersValueAsString: ids }
      process.stdout.write(`${JSON.stringify(await post(options, '/erase', request), null, 2)}\n`)
    })
  return addConnectionOptions(command)
}
