import { quote, validationError } from '../api-error.ts'
import type { ColumnHints } from '../files/read-rows.ts'
import type { FeatureGroup } from '../groups/feature-group.ts'

/** What a group says of columns that a file does not. */
export function hintsOf({ FeatureDefinitions }: FeatureGroup): Required<ColumnHints> {
  const collections = FeatureDefinitions.filter(({ CollectionType }) => CollectionType !== undefined)
  const numbers = FeatureDefinitions.filter(({ FeatureType }) => FeatureType !== 'String')
  return {
    collections: new Set(collections.map(({ FeatureName }) => FeatureName)),
    numbers: new Set(numbers.map(({ FeatureName }) => FeatureName)),
  }
}

/** Throws ValidationError when every row of these columns would be refused: one is unknown, or a required one is not there. */
export function assertColumns(group: FeatureGroup, columns: string[]): void {
  const { FeatureGroupName, FeatureDefinitions, RecordIdentifierFeatureName, EventTimeFeatureName } = group
  const names = new Set(FeatureDefinitions.map(({ FeatureName }) => FeatureName))
  const unknown = columns.find((name) => !names.has(name))
  if (unknown !== undefined) {
    throw validationError(
      `column ${quote(unknown)} is not a feature of ${quote(FeatureGroupName)}, which has ${[...names].join(', ')}`,
    )
  }
  const missing = [RecordIdentifierFeatureName, EventTimeFeatureName].find((name) => !columns.includes(name))
  if (missing !== undefined) {
    throw validationError(
      `the file has no column ${quote(missing)}, which every record of ${quote(FeatureGroupName)} needs`,
    )
  }
}
