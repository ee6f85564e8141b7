import fc from 'fast-check'
import { badIdentifiers, badIsoTimes, badNumberTimes, unknownGroups } from './bad-keys.ts'
import type { ForbiddenInput } from './forbidden-input.ts'
import type { Input } from './request.ts'
import { EVENT_TIME, GROUP } from './seeded-store.ts'

/** Deletes that the store must refuse. */
export const badDeletes: fc.Arbitrary<ForbiddenInput> = fc.oneof(
  badIsoTimes.map((time) => ({
    kind: 'an event time that is none',
    input: deletion({ EventTime: time }),
    names: [time.slice(0, 100)],
  })),
  badNumberTimes.map((time) => ({
    kind: 'a number that is no event time',
    input: deletion({ FeatureGroupName: GROUP.numbers, EventTime: time }),
    names: [time.slice(0, 100)],
  })),
  badIdentifiers.map((id) => ({
    kind: 'an identifier too short or too long',
    input: deletion({ RecordIdentifierValueAsString: id }),
    names: ['2048'],
  })),
  unknownGroups.map((group) => ({
    kind: 'a group that there is not',
    input: deletion({ FeatureGroupName: group }),
    code: 'ValidationError',
    names: [group],
  })),
  fc.constantFrom(EVENT_TIME, '2025-06-01T11:59:59Z').map((time) => ({
    kind: 'a hard delete that is not later',
    input: deletion({ EventTime: time, DeletionMode: 'HardDelete' }),
    names: [time],
  })),
  fc
    .constantFrom<[string, string]>([GROUP.online, 'OfflineStore'], [GROUP.offline, 'OnlineStore'])
    .map(([group, store]) => ({
      kind: 'a store that the group does not have',
      input: deletion({ FeatureGroupName: group, TargetStores: [store] }),
      names: [store],
    })),
)

function deletion(changed: Input): Input {
  const whole = {
    FeatureGroupName: GROUP.wide,
    RecordIdentifierValueAsString: 'seed',
    EventTime: '2025-07-01T00:00:00Z',
  }
  return { ...whole, ...changed }
}

/** Reads of one record that the store must refuse. */
export const badReads: fc.Arbitrary<ForbiddenInput> = fc.oneof<fc.Arbitrary<ForbiddenInput>[]>(
  badIdentifiers.map((id) => ({ kind: 'an identifier too short or too long', input: read({}, id), names: ['2048'] })),
  unknownGroups.map((FeatureGroupName) => ({
    kind: 'a group that there is not',
    input: read({ FeatureGroupName }),
    status: 404,
    code: 'ResourceNotFound',
    names: [FeatureGroupName],
  })),
  fc.constantFrom('Text', 'nope', 'constructor').map((name) => ({
    kind: 'a feature that the group does not have',
    input: read({ FeatureNames: ['id', name] }),
    names: [name],
  })),
  fc.constant({ kind: 'no online store', input: read({ FeatureGroupName: GROUP.offline }), names: ['OnlineStore'] }),
)

function read(changed: Input, identifier = 'seed'): Input {
  return { FeatureGroupName: GROUP.wide, RecordIdentifierValueAsString: identifier, ...changed }
}

/** Listings of records that the store must refuse. */
export const badLists: fc.Arbitrary<ForbiddenInput> = fc.oneof<fc.Arbitrary<ForbiddenInput>[]>(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((token) => ({
    kind: 'a token that was not given out',
    input: { FeatureGroupName: GROUP.wide, NextToken: token },
    names: ['NextToken'],
  })),
  unknownGroups.map((FeatureGroupName) => ({
    kind: 'a group that there is not',
    input: { FeatureGroupName },
    status: 404,
    code: 'ResourceNotFound',
    names: [FeatureGroupName],
  })),
  fc.constant({ kind: 'no online store', input: { FeatureGroupName: GROUP.offline }, names: ['OnlineStore'] }),
)
