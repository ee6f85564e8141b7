import type { FeatureDefinition, StorageType } from '@aws-sdk/client-sagemaker'
import { Command, Option } from 'commander'
import { type Duration, parseDuration } from '../arguments/duration.ts'
import { parseFeatureDefinition } from '../arguments/feature-definition.ts'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { DEFAULT_OFFLINE_URI } from '../client/group-plan.ts'
import { print } from '../output.ts'

interface CreateOptions extends Connection {
  id: string
  eventTime: string
  feature: FeatureDefinition[]
  ttl?: Duration
  storage?: StorageType
  online: boolean
  offline: string | false
}

const EXAMPLES = `
Examples:
  cairn groups create customers --id customer_id --event-time event_time \\
    --feature customer_id:String --feature event_time:String --feature orders:Integral --ttl 7d
  cairn groups create movies --id movie_id --event-time rated_at --no-offline \\
    --feature movie_id:Integral --feature rated_at:Fractional \\
    --feature genres:String:Set --feature 'embedding:Fractional:Vector(3)'`

/** `cairn groups create`: makes a feature group and waits until it can be used. */
export function groupsCreateCommand(): Command {
  const command = new Command('create')
    .description('create a feature group, with an online and an offline store unless told otherwise')
    .argument('<name>', 'name of the feature group')
    .requiredOption('--id <feature>', 'feature that identifies a record')
    .requiredOption(
      '--event-time <feature>',
      'feature with the time of a record: String (ISO 8601) or Fractional (epoch)',
    )
    .addOption(
      new Option(
        '--feature <name:Type[:Collection]>',
        'a feature; repeat it for each one, those of --id and --event-time too',
      )
        .makeOptionMandatory()
        .argParser((text, features: FeatureDefinition[] = []) => [...features, parseFeatureDefinition(text)]),
    )
    .option('--ttl <duration>', 'time to live of records online: 30s, 15m, 12h, 7d or 2w', parseDuration)
    .addOption(
      new Option('--storage <type>', 'storage type of the online store').choices([
        'Standard',
        'Standard_V2',
        'InMemory',
      ]),
    )
    .option('--no-online', 'without an online store')
    .option('--offline <s3-uri>', 'where the offline store keeps the history', DEFAULT_OFFLINE_URI)
    .option('--no-offline', 'without an offline store')
    .addHelpText('after', EXAMPLES)
    .action(create)
  return addConnectionOptions(command)
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { controlClient } = await import('../client/clients.ts')
  const { createGroup } = await import('../client/create-group.ts')
  const { id, eventTime, feature, ttl, storage, online, offline } = options
  const FeatureGroupArn = await createGroup(controlClient(options), {
    name,
    identifier: id,
    eventTime,
    features: feature,
    online: online && { ttl, storage },
    offline,
  })
  await print(`${JSON.stringify({ FeatureGroupArn }, undefined, 2)}\n`)
}
