import type { FeatureGroup } from '../groups/feature-group.ts'
import { isPacked, unpackedFeatures } from './packed-features.ts'
import type { RowToCommit } from './sqlite-log.ts'

/** A feature as the stores keep it: with a value, of one kind. */
export interface StoredFeature {
  FeatureName: string
  ValueAsString?: string
  ValueAsStringList?: string[]
}

/** A group as far as its rows in the log go. */
export type LoggedGroup = Pick<
  FeatureGroup,
  'FeatureDefinitions' | 'RecordIdentifierFeatureName' | 'EventTimeFeatureName'
>

/** The features of a row of history, by name. A marker has its identifier and its event time, and no other. */
export function storedFeatures(
  group: LoggedGroup,
  row: Pick<RowToCommit, 'identifier' | 'eventTimeText' | 'features'>,
): Map<string, StoredFeature> {
  const stored = row.features === null ? [] : featuresOf(group, row.features)
  const keys = [
    { FeatureName: group.RecordIdentifierFeatureName, ValueAsString: row.identifier ?? undefined },
    { FeatureName: group.EventTimeFeatureName, ValueAsString: row.eventTimeText ?? undefined },
  ]
  return new Map([...keys, ...stored].map((feature) => [feature.FeatureName, feature]))
}

function featuresOf({ FeatureDefinitions }: LoggedGroup, text: string): StoredFeature[] {
  if (!isPacked(text)) return JSON.parse(text)
  const names = FeatureDefinitions.map(({ FeatureName }) => FeatureName)
  return unpackedFeatures(names, text)
}
