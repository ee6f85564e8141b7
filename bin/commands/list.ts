import { Command } from 'commander'
import { wholeNumber } from '../arguments/whole-number.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { print } from '../output.ts'

/** The most that the API answers in one page. */
const PAGE_SIZE = 100

interface ListOptions extends Connection {
  includeDeleted?: boolean
  limit?: number
}

const EXAMPLES = `
Examples:
  cairn list customers
  cairn list customers --include-deleted --limit 20`

/** `cairn list`: the identifiers of a group's records. */
export function listCommand(): Command {
  const command = new Command('list')
    .description('print the identifiers of the records of a feature group, one a line')
    .argument('<group>', 'name or ARN of the feature group')
    .option('--include-deleted', 'also of records that were deleted softly')
    .option('--limit <count>', 'no more than this many', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addHelpText('after', EXAMPLES)
    .action(list)
  return addConnectionOptions(command)
}

async function list(group: string, options: ListOptions): Promise<void> {
  const { paginateListRecords } = await import('@aws-sdk/client-sagemaker-featurestore-runtime')
  const { runtimeClient } = await import('../client/clients.ts')
  const { includeDeleted, limit = Number.POSITIVE_INFINITY } = options
  const pages = paginateListRecords(
    { client: runtimeClient(options), pageSize: Math.min(PAGE_SIZE, limit) },
    { FeatureGroupName: group, IncludeSoftDeletedRecords: includeDeleted },
  )
  let left = limit
  for await (const { RecordIdentifiers = [] } of pages) {
    const identifiers = RecordIdentifiers.slice(0, left)
    if (identifiers.length > 0) await print(`${identifiers.join('\n')}\n`)
    left -= identifiers.length
    if (left === 0) return
  }
}
