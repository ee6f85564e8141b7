import type { DescribeFeatureGroupResponse } from '@aws-sdk/client-sagemaker'
import type { GroupPlan } from '../client/group-plan.ts'
import type { OutgoingRow } from './send-batch.ts'

/** What became of a row that was sent. */
export type Fate = 'written' | 'historic' | 'unprocessed' | { refused: string }

/** What a group needs to say for rows to be written to it. */
export type Description = Pick<
  DescribeFeatureGroupResponse,
  'FeatureGroupName' | 'RecordIdentifierFeatureName' | 'EventTimeFeatureName' | 'FeatureDefinitions'
>

/** Where rows go: a server, or the store of a directory. */
export interface Destination {
  /** The group of that name; undefined when there is none. */
  describe(name: string): Promise<Description | undefined>
  /** Makes a group; resolves when it can be used. */
  create(plan: GroupPlan): Promise<void>
  /** False where `historic` rows are told of as `written`, as by the API. */
  isHistoricTold: boolean
  /** Sends rows once, in their order for each record; what became of each. Throws when none of them got there. */
  apply(rows: OutgoingRow[]): Promise<Fate[]>
  /** How many batches are worth being under way at the same time, and how many rows each may have. */
  lanes: { count: number; maxItems: number }
  /** Throws when what was written is not yet in the tables of the history. */
  close(): Promise<void>
}
