import { Command } from 'commander'
import { parseCommaList } from '../arguments/comma-list.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { printAnswer } from '../output.ts'

interface GetOptions extends Connection {
  features?: string[]
  expiresAt?: boolean
}

const EXAMPLES = `
Examples:
  cairn get customers C-0001
  cairn get customers C-0001 --features orders,spend --expires-at`

/** `cairn get`: the latest version of a record. */
export function getCommand(): Command {
  const command = new Command('get')
    .description('print the record of an identifier as JSON; exit status 1 when there is none')
    .argument('<group>', 'name or ARN of the feature group')
    .argument('<id>', 'identifier of the record')
    .option('--features <names>', 'only these features, separated by commas', parseCommaList)
    .option('--expires-at', 'also when the record expires')
    .addHelpText('after', EXAMPLES)
    .action(get)
  return addConnectionOptions(command)
}

async function get(group: string, id: string, options: GetOptions): Promise<void> {
  const { GetRecordCommand } = await import('@aws-sdk/client-sagemaker-featurestore-runtime')
  const { runtimeClient } = await import('../client/clients.ts')
  const answer = await runtimeClient(options).send(
    new GetRecordCommand({
      FeatureGroupName: group,
      RecordIdentifierValueAsString: id,
      FeatureNames: options.features,
      ExpirationTimeResponse: options.expiresAt === true ? 'Enabled' : undefined,
    }),
  )
  if (answer.Record === undefined) throw new Error(`feature group ${group} has no record ${id}`)
  await printAnswer({ ...answer })
}
