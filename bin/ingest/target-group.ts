import type { FeatureDefinition } from '@aws-sdk/client-sagemaker'
import type { Input } from '../../local/ingest/input.ts'
import type { Row } from '../../local/ingest/row.ts'
import type { Description, Destination } from './destination.ts'
import { type Column, isWithin } from './infer-types.ts'
import { planGroup, type Wanted } from './plan-group.ts'

/** The feature group that rows are written to. */
export interface TargetGroup {
  name: string
  identifier: string
  eventTime: string
  /** The features whose values are lists. */
  collections: ReadonlySet<string>
  /** The features that are numbers. */
  numbers: ReadonlySet<string>
}

/** The group of that name. Throws when it is not there. */
export async function targetGroupNamed(
  { describe }: Pick<Destination, 'describe'>,
  name: string,
): Promise<TargetGroup> {
  const group = await describe(name)
  if (group === undefined) throw new Error(`feature group ${name} does not exist`)
  return targetGroup(group)
}

/** The group of that name, which must be there. Throws when it is not, or when a CSV file does not fit it. */
export async function existingGroup(destination: Destination, input: Input, name: string): Promise<TargetGroup> {
  const group = await destination.describe(name)
  if (group === undefined) {
    throw new Error(`feature group ${name} does not exist; --create with --id and --event-time makes it`)
  }
  const columns = await input.columns()
  if (columns !== undefined) assertHeader(input, group, columns)
  return targetGroup(group)
}

/**
 * The group that the rows of a file ask for: made, or found when there is one of that name which can hold them.
 * Throws when it cannot. `onRow` is told of each row that types are inferred from.
 */
export async function createdGroup(
  destination: Destination,
  { input, wanted, onRow }: { input: Input; wanted: Wanted; onRow: (row: Row) => void },
): Promise<TargetGroup> {
  const { plan, columns } = await planGroup(input, wanted, onRow)
  const group = await destination.describe(wanted.name)
  if (group !== undefined) {
    assertCompatible(group, { input, wanted, columns })
    return targetGroup(group)
  }
  await destination.create(plan)
  return targetGroup({
    ...plan,
    FeatureGroupName: plan.name,
    RecordIdentifierFeatureName: plan.identifier,
    EventTimeFeatureName: plan.eventTime,
    FeatureDefinitions: plan.features,
  })
}

function targetGroup({ FeatureDefinitions = [], ...group }: Description): TargetGroup {
  const collections = FeatureDefinitions.filter(({ CollectionType }) => CollectionType !== undefined)
  const numbers = FeatureDefinitions.filter(({ FeatureType }) => FeatureType !== 'String')
  return {
    name: group.FeatureGroupName ?? '',
    identifier: group.RecordIdentifierFeatureName ?? '',
    eventTime: group.EventTimeFeatureName ?? '',
    collections: new Set(collections.map(({ FeatureName = '' }) => FeatureName)),
    numbers: new Set(numbers.map(({ FeatureName = '' }) => FeatureName)),
  }
}

/** Throws when the columns are not features of the group, since every row would be refused. */
function assertHeader(input: Input, group: Description, header: string[]): void {
  const { FeatureGroupName, FeatureDefinitions = [], RecordIdentifierFeatureName, EventTimeFeatureName } = group
  const names = FeatureDefinitions.map(({ FeatureName }) => FeatureName)
  const unknown = header.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new Error(
      `column '${unknown}' of ${input.name} is not a feature of ${FeatureGroupName}, which has ${names.join(', ')}`,
    )
  }
  for (const name of [RecordIdentifierFeatureName ?? '', EventTimeFeatureName ?? '']) {
    if (!header.includes(name)) {
      throw new Error(`${input.name} has no column '${name}', which every record of ${FeatureGroupName} needs`)
    }
  }
}

/** Throws when the group cannot hold the columns, with every reason. */
export function assertCompatible(
  group: Description,
  { input, wanted, columns }: { input: Pick<Input, 'format'>; wanted: Wanted; columns: Column[] },
): void {
  const { FeatureGroupName, RecordIdentifierFeatureName, EventTimeFeatureName, FeatureDefinitions = [] } = group
  const conflicts: string[] = []
  if (RecordIdentifierFeatureName !== wanted.identifier) {
    conflicts.push(`its identifier is '${RecordIdentifierFeatureName}' and not '${wanted.identifier}'`)
  }
  if (EventTimeFeatureName !== wanted.eventTime) {
    conflicts.push(`its event time is '${EventTimeFeatureName}' and not '${wanted.eventTime}'`)
  }
  for (const column of columns) {
    const feature = FeatureDefinitions.find(({ FeatureName }) => FeatureName === column.name)
    const conflict = conflictOf(feature, column, {
      isCsv: input.format === 'csv',
      isEventTime: column.name === wanted.eventTime,
    })
    if (conflict !== undefined) conflicts.push(conflict)
  }
  if (conflicts.length === 0) return
  throw new Error(`feature group ${FeatureGroupName} exists and cannot hold these rows: ${conflicts.join('; ')}`)
}

function conflictOf(
  feature: FeatureDefinition | undefined,
  { name, isList, type = 'Integral' }: Column,
  { isCsv, isEventTime }: { isCsv: boolean; isEventTime: boolean },
): string | undefined {
  if (feature === undefined) return `it has no feature '${name}'`
  const { FeatureType = 'String', CollectionType } = feature
  if (CollectionType === undefined && isList) return `'${name}' is a list in the file`
  if (CollectionType !== undefined && !isList) {
    return isCsv ? undefined : `'${name}' is a ${CollectionType} in the group and a single value in the file`
  }
  // Every value is a String, but a String event time must be ISO 8601.
  if (isEventTime ? type === FeatureType : isWithin(type, FeatureType)) return undefined
  return `'${name}' is ${FeatureType} in the group and ${type} in the file`
}
