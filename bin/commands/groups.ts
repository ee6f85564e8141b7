import { Command } from 'commander'
import { addConnectionOptions, type Connection } from '../client/connection.ts'
import { print, printAnswer } from '../output.ts'
import { groupsCreateCommand } from './groups-create.ts'

/** `cairn groups`: the feature groups of a server. */
export function groupsCommand(): Command {
  return new Command('groups')
    .description('create, list, describe and delete feature groups')
    .addCommand(groupsCreateCommand())
    .addCommand(addConnectionOptions(listGroupsCommand()))
    .addCommand(addConnectionOptions(describeGroupCommand()))
    .addCommand(addConnectionOptions(deleteGroupCommand()))
    .addHelpText('after', '\nExample:\n  cairn groups describe customers')
}

function listGroupsCommand(): Command {
  return new Command('list')
    .description('print the names of the feature groups, one a line')
    .option('--name-contains <text>', 'only groups with this text in their name')
    .addHelpText('after', '\nExample:\n  cairn groups list --name-contains customer')
    .action(async (options: Connection & { nameContains?: string }) => {
      const { paginateListFeatureGroups } = await import('@aws-sdk/client-sagemaker')
      const { controlClient } = await import('../client/clients.ts')
      const input = { NameContains: options.nameContains, SortBy: 'Name', SortOrder: 'Ascending' } as const
      for await (const page of paginateListFeatureGroups({ client: controlClient(options), pageSize: 100 }, input)) {
        for (const group of page.FeatureGroupSummaries ?? []) await print(`${group.FeatureGroupName}\n`)
      }
    })
}

function describeGroupCommand(): Command {
  return new Command('describe')
    .description('print what is known of a feature group as JSON')
    .argument('<group>', 'name or ARN of the feature group')
    .addHelpText('after', '\nExample:\n  cairn groups describe customers')
    .action(async (group: string, options: Connection) => {
      const { DescribeFeatureGroupCommand } = await import('@aws-sdk/client-sagemaker')
      const { controlClient } = await import('../client/clients.ts')
      const command = new DescribeFeatureGroupCommand({ FeatureGroupName: group, NextToken: undefined })
      await printAnswer({ ...(await controlClient(options).send(command)) })
    })
}

function deleteGroupCommand(): Command {
  return new Command('delete')
    .description('delete a feature group and its online records; its history offline stays')
    .argument('<group>', 'name of the feature group')
    .addHelpText('after', '\nExample:\n  cairn groups delete customers')
    .action(async (group: string, options: Connection) => {
      const { DeleteFeatureGroupCommand } = await import('@aws-sdk/client-sagemaker')
      const { controlClient } = await import('../client/clients.ts')
      await controlClient(options).send(new DeleteFeatureGroupCommand({ FeatureGroupName: group }))
    })
}
