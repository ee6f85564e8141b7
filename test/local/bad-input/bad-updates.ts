import fc from 'fast-check'
import { badFeatures } from './bad-features.ts'
import { badIdentifiers, badIsoTimes, unknownGroups } from './bad-keys.ts'
import type { ForbiddenInput } from './forbidden-input.ts'
import type { Input } from './request.ts'
import { GROUP } from './seeded-store.ts'

const TEXT: Input[] = [{ FeatureName: 'text', ValueAsString: 'changed' }]

/** Updates that the store must refuse. */
export const badUpdates: fc.Arbitrary<ForbiddenInput> = fc.oneof(
  badFeatures.map(({ kind, changed, names }) => ({ kind, input: update(changed), names })),
  badIsoTimes.map((time) => ({
    kind: 'an event time that is none',
    input: update([{ FeatureName: 'time', ValueAsString: time }]),
    names: [time.slice(0, 100)],
  })),
  badIdentifiers.map((id) => ({
    kind: 'an identifier too short or too long',
    input: update(TEXT, id),
    names: ['2048'],
  })),
  unknownGroups.map((FeatureGroupName) => ({
    kind: 'a group that there is not',
    input: { ...update(TEXT), FeatureGroupName },
    status: 404,
    code: 'ResourceNotFound',
    names: [FeatureGroupName],
  })),
  fc.constantFrom('never', 'gone', 'Seed', 'seed ').map((id) => ({
    kind: 'a record that there is not',
    input: update(TEXT, id),
    status: 404,
    code: 'ResourceNotFound',
    names: [id],
  })),
  fc.constantFrom('2025-06-01T11:59:59.999Z', '0000-01-01T00:00:00Z').map((time) => ({
    kind: 'an older event time',
    input: update([{ FeatureName: 'time', ValueAsString: time }]),
    status: 409,
    code: 'ConflictException',
    names: [time],
  })),
  fc.integer({ min: 101, max: 300 }).map((count) => ({
    kind: 'more than 100 features',
    input: update(Array.from({ length: count }, (_, index) => ({ FeatureName: `f${index}`, ValueAsString: '1' }))),
    names: [String(count)],
  })),
  fc
    .constantFrom<[string, Input]>(
      ['OfflineStore', { ...update(TEXT), TargetStores: ['OfflineStore'] }],
      ['OnlineStore', { ...update(TEXT), FeatureGroupName: GROUP.offline }],
      ['TtlDuration', { ...update(TEXT), TtlDuration: { Unit: 'Days', Value: 1 } }],
      ['other', update([{ FeatureName: 'id', ValueAsString: 'other' }])],
      ['time', update([{ FeatureName: 'time' }])],
      ['id', update([{ FeatureName: 'id', ValueAsStringList: ['seed'] }])],
    )
    .map(([name, input]) => ({ kind: 'an update that cannot be', input, names: [name] })),
)

function update(Features: Input[], identifier = 'seed'): Input {
  return { FeatureGroupName: GROUP.wide, RecordIdentifierValueAsString: identifier, Features }
}
