import type { StoredFeature } from '../offline/stored-features.ts'

/** The features of a record by name, as far as a filter asks for them. */
export interface FeatureLookup {
  get(name: string): StoredFeature | undefined
}

const CANONICAL_START = '[{"FeatureName":"'
const SCALAR = '"ValueAsString":"'

/**
 * Looks up features in the JSON text that the stores keep. A scalar is found without parsing the others: most of the
 * time of a scan would go there. No value can look like the start of a feature, since its quotes are escaped.
 */
export function featuresOfText(text: string): FeatureLookup {
  let parsed: ReadonlyMap<string, StoredFeature> | undefined
  if (!text.startsWith(CANONICAL_START)) return parse(text)
  return {
    get(name) {
      const start = `{"FeatureName":${JSON.stringify(name)},`
      const at = text.indexOf(start)
      if (at < 0) return undefined
      const scalar = scalarAt(text, at + start.length)
      if (scalar !== undefined) return { FeatureName: name, ValueAsString: scalar }
      parsed ??= parse(text)
      return parsed.get(name)
    },
  }
}

/** The value that is there; undefined for a list, and for a text with escapes. */
function scalarAt(text: string, at: number): string | undefined {
  if (!text.startsWith(SCALAR, at)) return undefined
  const from = at + SCALAR.length
  const value = text.slice(from, text.indexOf('"', from))
  return value.includes('\\') ? undefined : value
}

function parse(text: string): ReadonlyMap<string, StoredFeature> {
  const features = JSON.parse(text) as StoredFeature[]
  return new Map(features.map((feature) => [feature.FeatureName, feature]))
}
