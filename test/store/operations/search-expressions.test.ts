import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { search } from '../../../store/operations/search.ts'
import type { Stores } from '../../../store/stores.ts'
import { createGroup, openControlPlane } from '../control-plane.ts'

/** What the test knows about a group that it created. */
interface Known {
  name: string
  description: string | undefined
  ttlDays: number | undefined
  isOffline: boolean
  tag: string | undefined
  features: string[]
  /** Seconds after the first one's creation. */
  age: number
}

const TEXTS = ['ab', 'abc', 'b', 'B c']
const text = fc.constantFrom(...TEXTS)
const optionalText = fc.option(text, { nil: undefined })
const features = fc.uniqueArray(fc.constantFrom('f1', 'f2', 'f3'))

const groups = fc
  .array(
    fc.record({
      description: optionalText,
      ttlDays: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
      isOffline: fc.boolean(),
      tag: optionalText,
      features,
    }),
    { maxLength: 6 },
  )
  .map((list) => list.map((group, age): Known => ({ ...group, name: `${age % 2 === 0 ? 'even' : 'odd'}-${age}`, age })))

/** A condition as Search takes it, and whether it holds as the test sees it. */
interface Case<Expression = object> {
  expression: Expression
  holds: (group: Known) => boolean
}

type Test<T> = (value: T, operand: T) => boolean

const EQUALITY = {
  Equals: (value: unknown, operand: unknown) => value === operand,
  NotEquals: (value: unknown, operand: unknown) => value !== operand,
}
const ORDER: { [operator: string]: Test<number> } = {
  ...EQUALITY,
  GreaterThan: (value, operand) => value > operand,
  GreaterThanOrEqualTo: (value, operand) => value >= operand,
  LessThan: (value, operand) => value < operand,
  LessThanOrEqualTo: (value, operand) => value <= operand,
}
const TEXT: { [operator: string]: Test<string> } = {
  ...EQUALITY,
  Contains: (value, operand) => value.includes(operand),
}

function cases<T>(
  Name: string,
  tests: { [operator: string]: Test<T> },
  {
    operand,
    print,
    read,
  }: { operand: fc.Arbitrary<T>; print: (operand: T) => string; read: (g: Known) => T | undefined },
): fc.Arbitrary<Case> {
  const compared = fc.tuple(fc.constantFrom(...Object.keys(tests)), operand).map(
    ([Operator, value]): Case => ({
      expression: { Name, Operator, Value: print(value) },
      holds(group) {
        const found = read(group)
        return found === undefined ? Operator === 'NotEquals' : (tests[Operator]?.(found, value) ?? false)
      },
    }),
  )
  const existence = fc.constantFrom('Exists', 'NotExists').map(
    (Operator): Case => ({
      expression: { Name, Operator },
      holds: (group) => (read(group) !== undefined) === (Operator === 'Exists'),
    }),
  )
  return fc.oneof({ weight: 4, arbitrary: compared }, { weight: 1, arbitrary: existence })
}

/** 2023-11-14T22:13:20.500Z, the creation of the first group. */
const START = 1_700_000_000_500
const timeText = (age: number) => new Date(START + age * 1000).toISOString()
const same = (value: string) => value

const inList = fc.array(text, { minLength: 1, maxLength: 3 }).map(
  (list): Case => ({
    expression: { Name: 'Description', Operator: 'In', Value: list.join(',') },
    holds: (group) => group.description !== undefined && list.includes(group.description),
  }),
)
const anyFeature = fc.constantFrom('f1', 'f2', 'f3').map(
  (Value): Case => ({
    expression: { Name: 'FeatureDefinitions.FeatureName', Operator: 'Equals', Value },
    holds: (group) => group.features.includes(Value),
  }),
)
const noFeature = fc.constantFrom('f1', 'f2', 'f3').map(
  (Value): Case => ({
    expression: { Name: 'FeatureDefinitions.FeatureName', Operator: 'NotEquals', Value },
    holds: (group) => !group.features.includes(Value),
  }),
)
const filterCase = fc.oneof(
  cases('FeatureGroupName', TEXT, { operand: fc.constantFrom('even', 'odd-1', '-'), print: same, read: (g) => g.name }),
  cases('Description', TEXT, { operand: text, print: same, read: (g) => g.description }),
  cases('Tags.team', TEXT, { operand: text, print: same, read: (g) => g.tag }),
  cases('OnlineStoreConfig.TtlDuration.Value', ORDER, {
    operand: fc.integer({ min: 0, max: 13 }),
    print: String,
    read: (g) => g.ttlDays,
  }),
  cases('CreationTime', ORDER, { operand: fc.integer({ min: -1, max: 7 }), print: timeText, read: (g) => g.age }),
  cases<boolean>('OfflineStoreConfig.DisableGlueTableCreation', EQUALITY, {
    operand: fc.boolean(),
    print: String,
    read: (g) => (g.isOffline ? false : undefined),
  }),
  inList,
  anyFeature,
  noFeature,
)

/** One definition has both the name and the type: features named f1 and f2 are strings, f3 is integral. */
const nestedCase = fc.tuple(fc.constantFrom('f1', 'f2', 'f3'), fc.constantFrom('String', 'Integral')).map(
  ([name, type]): Case => ({
    expression: {
      NestedPropertyName: 'FeatureDefinitions',
      Filters: [
        { Name: 'FeatureDefinitions.FeatureName', Operator: 'Equals', Value: name },
        { Name: 'FeatureDefinitions.FeatureType', Operator: 'Equals', Value: type },
      ],
    },
    holds: (group) => group.features.includes(name) && (name === 'f3') === (type === 'Integral'),
  }),
)

const { expression } = fc.letrec<{ expression: Case }>((tie) => ({
  expression: fc
    .record({
      filters: fc.array(filterCase, { maxLength: 3 }),
      nested: fc.array(nestedCase, { maxLength: 1 }),
      subs: fc.oneof({ maxDepth: 3 }, fc.constant<Case[]>([]), fc.array(tie('expression'), { maxLength: 2 })),
      operator: fc.constantFrom('And', 'Or', undefined),
    })
    .filter(({ filters, nested, subs }) => filters.length + nested.length + subs.length > 0)
    .map(({ filters, nested, subs, operator }): Case => {
      const all = [...filters, ...nested, ...subs]
      const listOf = (list: Case[]) => (list.length === 0 ? undefined : list.map((one) => one.expression))
      return {
        expression: {
          Filters: listOf(filters),
          NestedFilters: listOf(nested),
          SubExpressions: listOf(subs),
          Operator: operator,
        },
        holds: (group) =>
          operator === 'Or' ? all.some((one) => one.holds(group)) : all.every((one) => one.holds(group)),
      }
    }),
}))

async function openGroups(known: Known[]): Promise<Stores> {
  const { stores, tick } = openControlPlane()
  for (const group of known) {
    await createGroup(stores, group.name, {
      Description: group.description,
      Tags: group.tag === undefined ? [] : [{ Key: 'team', Value: group.tag }],
      FeatureDefinitions: [
        { FeatureName: 'id', FeatureType: 'String' },
        { FeatureName: 'time', FeatureType: 'String' },
        ...group.features.map((FeatureName) => ({
          FeatureName,
          FeatureType: FeatureName === 'f3' ? 'Integral' : 'String',
        })),
      ],
      OnlineStoreConfig: {
        EnableOnlineStore: true,
        TtlDuration: group.ttlDays === undefined ? null : { Unit: 'Days', Value: group.ttlDays },
      },
      OfflineStoreConfig: group.isOffline ? { S3StorageConfig: { S3Uri: 's3://bucket' } } : null,
    })
    tick()
  }
  return stores
}

async function findAll(stores: Stores, query: object) {
  const found: unknown[] = []
  const hits = new Set<number>()
  for (let NextToken: string | undefined, isFirst = true; isFirst || NextToken !== undefined; isFirst = false) {
    const page = await search(stores, { ...query, ...(NextToken !== undefined && { NextToken }) })
    found.push(...page.Results.map((result) => result.FeatureGroup ?? result.FeatureMetadata ?? {}))
    hits.add(page.TotalHits.Value)
    NextToken = page.NextToken
  }
  return { found: found as { [member: string]: unknown }[], hits }
}

describe('any search expression', () => {
  it('finds exactly the groups that it holds for', async () => {
    await fc.assert(
      fc.asyncProperty(groups, expression, async (known, { expression: SearchExpression, holds }) => {
        const stores = await openGroups(known)
        const { found } = await findAll(stores, { Resource: 'FeatureGroup', SearchExpression })
        const names = found.map((document) => document['FeatureGroupName'])
        expect(names).toEqual(
          known
            .filter(holds)
            .map((group) => group.name)
            .reverse(),
        )
      }),
      { numRuns: 300 },
    )
  })

  it('finds on all pages together what it finds on one, in the order asked for', async () => {
    const query = fc.record({
      Resource: fc.constant('FeatureGroup'),
      SortBy: fc.constantFrom('FeatureGroupName', 'Description', 'CreationTime', 'Tags.team', 'FeatureGroupStatus'),
      SortOrder: fc.constantFrom('Ascending', 'Descending'),
    })
    const size = fc.integer({ min: 1, max: 4 })
    await fc.assert(
      fc.asyncProperty(
        groups,
        expression,
        query,
        size,
        async (known, { expression: SearchExpression }, asked, MaxResults) => {
          const stores = await openGroups(known)
          const whole = await findAll(stores, { ...asked, SearchExpression })
          const paged = await findAll(stores, { ...asked, SearchExpression, MaxResults })
          expect(paged.found).toEqual(whole.found)
          expect([...paged.hits]).toEqual([whole.found.length])
        },
      ),
      { numRuns: 100 },
    )
  })

  it('has tokens for itself only', async () => {
    const stores = await openGroups(
      Array.from({ length: 3 }, (_, age) => ({
        name: `g${age}`,
        description: undefined,
        ttlDays: undefined,
        isOffline: false,
        tag: undefined,
        features: [],
        age,
      })),
    )
    const exists = { Filters: [{ Name: 'FeatureGroupName', Operator: 'Exists' }] }
    const query = { Resource: 'FeatureGroup', SearchExpression: exists }
    const { NextToken } = await search(stores, { ...query, MaxResults: 1 })
    for (const other of [
      { Resource: 'FeatureGroup' },
      { ...query, Resource: 'FeatureMetadata' },
      { ...query, SortBy: 'CreationTime' },
      { ...query, SortOrder: 'Ascending' },
      { ...query, SearchExpression: { ...exists, Operator: 'Or' } },
    ]) {
      await expect(search(stores, { ...other, NextToken })).rejects.toThrow(/NextToken '.*' is not valid/)
    }
    expect((await search(stores, { ...query, MaxResults: 2, NextToken })).Results).toHaveLength(2)
  })

  it('finds features page by page too, large pages being cut to what an answer can hold', async () => {
    const { stores } = openControlPlane()
    for (let n = 0; n < 40; n++) {
      const definitions = Array.from({ length: 2_400 }, (_, f) => ({
        FeatureName: `feature-${String(f).padStart(4, '0')}-${'x'.repeat(50)}`,
        FeatureType: 'String',
      }))
      await createGroup(stores, `group-${n}`, {
        FeatureDefinitions: [
          { FeatureName: 'id', FeatureType: 'String' },
          { FeatureName: 'time', FeatureType: 'String' },
          ...definitions,
        ],
      })
    }
    const first = await search(stores, { Resource: 'FeatureGroup' })
    expect(JSON.stringify(first).length).toBeLessThan(6_000_000)
    expect(first.NextToken).toBeDefined()
    const { found } = await findAll(stores, { Resource: 'FeatureGroup' })
    expect(new Set(found.map((document) => document['FeatureGroupName'])).size).toBe(40)
    expect(found).toHaveLength(40)
    const features = await search(stores, { Resource: 'FeatureMetadata', MaxResults: 100 })
    expect(features.TotalHits.Value).toBe(40 * 2_402)
    expect(features.Results).toHaveLength(100)
  })
})
