import fc from 'fast-check'
import { badFeatures } from './bad-features.ts'
import { badIdentifiers, badIsoTimes, badNumberTimes, unknownGroups } from './bad-keys.ts'
import type { ForbiddenInput } from './forbidden-input.ts'
import type { Tree } from './json.ts'
import type { Input } from './request.ts'
import { EVENT_TIME, GROUP, wideRecord } from './seeded-store.ts'

/** Puts that the store must refuse. */
export const badPuts: fc.Arbitrary<ForbiddenInput> = fc.oneof(
  badFeatures.map(({ kind, changed, names }) => ({ kind, input: put([...wideKeys('a'), ...changed]), names })),
  badIsoTimes.map((time) => ({
    kind: 'an event time that is none',
    input: put(withTime(time)),
    names: [time.slice(0, 100)],
  })),
  badNumberTimes.map((time) => ({
    kind: 'a number that is no event time',
    input: put(
      [
        { FeatureName: 'id', ValueAsString: '7' },
        { FeatureName: 'time', ValueAsString: time },
      ],
      GROUP.numbers,
    ),
    names: [time.slice(0, 100)],
  })),
  badIdentifiers.map((id) => ({
    kind: 'an identifier too short or too long',
    input: put(wideRecord(id)),
    names: ['2048'],
  })),
  fc
    .constantFrom<Input[]>(
      [{ FeatureName: 'time', ValueAsString: EVENT_TIME }],
      [{ FeatureName: 'id' }, { FeatureName: 'time', ValueAsString: EVENT_TIME }],
      [
        { FeatureName: 'id', ValueAsString: null },
        { FeatureName: 'time', ValueAsString: EVENT_TIME },
      ],
      [
        { FeatureName: 'id', ValueAsStringList: ['a'] },
        { FeatureName: 'time', ValueAsString: EVENT_TIME },
      ],
    )
    .map((record) => ({ kind: 'no identifier', input: put(record), names: ['id'] })),
  fc
    .constantFrom<Input[]>(
      [{ FeatureName: 'id', ValueAsString: 'a' }],
      [{ FeatureName: 'id', ValueAsString: 'a' }, { FeatureName: 'time' }],
    )
    .map((record) => ({ kind: 'no event time', input: put(record), names: ['time'] })),
  fc
    .constantFrom<[string, string]>([GROUP.online, 'OfflineStore'], [GROUP.offline, 'OnlineStore'])
    .map(([group, store]) => ({
      kind: 'a store that the group does not have',
      input: { ...put(wideKeys('a'), group), TargetStores: [store] },
      names: [store],
    })),
  fc.constantFrom(2_147_483_647, 500_000).map((Value) => ({
    kind: 'a time to live past the year 9999',
    input: { ...put(wideRecord('a')), TtlDuration: { Unit: 'Weeks', Value } },
    names: [String(Value * 604_800)],
  })),
  unknownGroups.map((group) => ({
    kind: 'a group that there is not',
    input: put(wideKeys('a'), group),
    names: [group],
  })),
)

function put(record: Input[], FeatureGroupName: string = GROUP.wide): Input {
  return { FeatureGroupName, Record: record }
}

function wideKeys(identifier: string): Input[] {
  return wideRecord(identifier).slice(0, 2)
}

function withTime(time: Tree): Input[] {
  return [
    { FeatureName: 'id', ValueAsString: 'a' },
    { FeatureName: 'time', ValueAsString: time },
  ]
}
