import { DescribeFeatureGroupCommand, paginateListFeatureGroups } from '@aws-sdk/client-sagemaker'
import type { AthenaGroup } from '../../local/history/athena-query.ts'
import { openHistories } from '../../local/history/histories.ts'
import { mentionedGroups } from '../../local/history/mentioned-groups.ts'
import { controlClient } from '../client/clients.ts'
import type { HistoryOptions } from './history-options.ts'

const PAGE_SIZE = 100

/** The feature groups with a history that `text` names: those of the data directory, or of the server at --endpoint. */
export async function athenaGroups(text: string, options: HistoryOptions): Promise<AthenaGroup[]> {
  const { data, endpoint } = options
  if (endpoint === undefined) return openHistories(data).groups
  const client = controlClient({ ...options, endpoint })
  const names: { FeatureGroupName: string }[] = []
  for await (const page of paginateListFeatureGroups({ client, pageSize: PAGE_SIZE }, {})) {
    for (const { FeatureGroupName } of page.FeatureGroupSummaries ?? []) {
      if (FeatureGroupName !== undefined) names.push({ FeatureGroupName })
    }
  }
  const groups = mentionedGroups(text, names).map(async ({ FeatureGroupName }) => {
    const command = new DescribeFeatureGroupCommand({ FeatureGroupName, NextToken: undefined })
    return (await client.send(command)) as object as AthenaGroup
  })
  return (await Promise.all(groups)).filter(({ OfflineStoreConfig }) => OfflineStoreConfig !== undefined)
}
