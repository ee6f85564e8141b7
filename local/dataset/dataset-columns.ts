import type { FeatureGroup } from '../../store/groups/feature-group.ts'
import { columnName, type IcebergField } from '../../store/offline/iceberg/schema.ts'
import { duckdbType, historyColumns } from '../history/relation.ts'

export type DatasetGroup = Pick<
  FeatureGroup,
  'FeatureGroupName' | 'FeatureDefinitions' | 'RecordIdentifierFeatureName' | 'OfflineStoreConfig'
>

/** A group of a dataset: all its features but the identifier, or those that are named. */
export interface GroupChoice<Group extends DatasetGroup = FeatureGroup> {
  group: Group
  features: string[] | undefined
}

/** A column that a group adds to a dataset. */
export interface DatasetColumn {
  /** The column of the group's history. */
  source: string
  /** What the dataset calls it. */
  name: string
  /** As DuckDB calls it. */
  type: string
}

/**
 * The columns that each group adds to those of the base. A feature keeps its name when no other column has it, in any
 * case; else it is called `<group>_<feature>`. Throws for a feature that the group does not have, and when two columns
 * would still have one name.
 */
export function datasetColumns(base: string[], choices: GroupChoice<DatasetGroup>[]): DatasetColumn[][] {
  const sources = choices.map(sourcesOf)
  const count = new Map<string, number>()
  for (const name of [...base.map((column) => column.toLowerCase()), ...sources.flat().map(({ source }) => source)]) {
    count.set(name, (count.get(name) ?? 0) + 1)
  }
  const columns = choices.map(({ group }, index) =>
    (sources[index] ?? []).map(({ source, type }) => ({
      source,
      name: count.get(source) === 1 ? source : `${group.FeatureGroupName}_${source}`,
      type,
    })),
  )
  assertDistinct([...base, ...columns.flat().map(({ name }) => name)])
  return columns
}

function sourcesOf({ group, features }: GroupChoice<DatasetGroup>): Pick<DatasetColumn, 'source' | 'type'>[] {
  const all = historyColumns(group).slice(0, group.FeatureDefinitions.length)
  const wanted = features?.map((feature) => fieldOf(group, all, feature))
  const identifier = columnName(group.RecordIdentifierFeatureName)
  const chosen = wanted ?? all.filter((field) => field.name !== identifier)
  return chosen.map((field) => ({ source: field.name, type: duckdbType(field) }))
}

function fieldOf({ FeatureGroupName }: DatasetGroup, fields: IcebergField[], feature: string): IcebergField {
  const found = fields.find((field) => field.name === columnName(feature))
  if (found !== undefined) return found
  const names = fields.map((field) => field.name).join(', ')
  throw new Error(`feature group ${FeatureGroupName} has no feature ${feature}; it has ${names}`)
}

function assertDistinct(names: string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.toLowerCase())) throw new Error(`two columns of the dataset would be called ${name}`)
    seen.add(name.toLowerCase())
  }
}
