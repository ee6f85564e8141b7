import { Command } from 'commander'
import { addConnectionOptions, type Connection } from '../client/connection.ts'

interface DeleteOptions extends Connection {
  eventTime: string
  hard?: boolean
}

const EXAMPLES = `
Examples:
  cairn delete customers C-0001 --event-time 2026-11-21T10:00:00Z
  cairn delete customers C-0001 --event-time 2026-11-21T10:00:00Z --hard`

/** `cairn delete`: deletes a record, softly unless told otherwise. */
export function deleteCommand(): Command {
  const command = new Command('delete')
    .description('delete a record')
    .argument('<group>', 'name or ARN of the feature group')
    .argument('<id>', 'identifier of the record')
    .requiredOption('--event-time <time>', "time of the deletion, in the form of the group's event time")
    .option('--hard', 'remove the record for good, so that it does not fence off older writes')
    .addHelpText('after', EXAMPLES)
    .action(deleteRecord)
  return addConnectionOptions(command)
}

async function deleteRecord(group: string, id: string, options: DeleteOptions): Promise<void> {
  const { DeleteRecordCommand } = await import('@aws-sdk/client-sagemaker-featurestore-runtime')
  const { runtimeClient } = await import('../client/clients.ts')
  await runtimeClient(options).send(
    new DeleteRecordCommand({
      FeatureGroupName: group,
      RecordIdentifierValueAsString: id,
      EventTime: options.eventTime,
      DeletionMode: options.hard === true ? 'HardDelete' : 'SoftDelete',
    }),
  )
}
