import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, getRecord, putRecord, recordOf, toValues } from './records.ts'

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

describe('GetRecord', () => {
  it('answers no record for an identifier that was never written', async () => {
    const { Record, ExpiresAt } = await getRecord(group, 'never')
    expect({ Record, ExpiresAt }).toEqual({})
  })
  it('answers the features in the order of the definitions, however they were sent', async () => {
    await putRecord(group, { ratio: '1', count: '2', text: 'x', time: at(1), id: 'order' })
    const { Record } = await getRecord(group, 'order')
    expect(Record?.map(({ FeatureName }) => FeatureName)).toEqual(['id', 'time', 'text', 'count', 'ratio'])
  })
  it('leaves out features that have no value', async () => {
    const Record = [
      { FeatureName: 'id', ValueAsString: 'nulls' },
      { FeatureName: 'time', ValueAsString: at(1) },
      { FeatureName: 'text', ValueAsString: undefined },
    ]
    await putRecord(group, {}, { Record })
    expect((await getRecord(group, 'nulls')).Record).toEqual([
      { FeatureName: 'id', ValueAsString: 'nulls' },
      { FeatureName: 'time', ValueAsString: at(1) },
    ])
  })
  it('tells an empty string from no value', async () => {
    await putRecord(group, { id: 'empty', time: at(1), text: '' })
    expect(await recordOf(group, 'empty')).toEqual({ id: 'empty', time: at(1), text: '' })
  })
  it('answers no ExpiresAt for a record that does not expire', async () => {
    await putRecord(group, { id: 'stays', time: at(1) })
    expect((await getRecord(group, 'stays', { ExpirationTimeResponse: 'Enabled' })).ExpiresAt).toBeUndefined()
  })
  it('sees a write as soon as it is acknowledged', async () => {
    for (let second = 1; second <= 20; second++) {
      await putRecord(group, { id: 'fresh', time: at(second), count: `${second}` })
      expect(await recordOf(group, 'fresh')).toMatchObject({ count: `${second}` })
    }
  })
})

describe('FeatureNames', () => {
  beforeAll(async () => {
    await putRecord(group, { id: 'projected', time: at(1), text: 'x', count: '2' })
  })
  async function project(...FeatureNames: string[]) {
    return toValues((await getRecord(group, 'projected', { FeatureNames })).Record)
  }

  it('answers the named features and adds neither identifier nor event time', async () => {
    expect(await project('text')).toEqual({ text: 'x' })
  })
  it('answers them in the order of the definitions, each once', async () => {
    const { Record } = await getRecord(group, 'projected', { FeatureNames: ['count', 'id', 'count'] })
    expect(Record).toEqual([
      { FeatureName: 'id', ValueAsString: 'projected' },
      { FeatureName: 'count', ValueAsString: '2' },
    ])
  })
  it('leaves out a named feature that has no value', async () => {
    expect(await project('text', 'ratio')).toEqual({ text: 'x' })
  })
  it('may name all features', async () => {
    expect(await project('id', 'time', 'text', 'count', 'ratio')).toEqual(await recordOf(group, 'projected'))
  })
  it('refuses a feature that the group does not have', async () => {
    await expectError(project('text', 'color'), 'ValidationError', "'color'")
  })
  it('refuses a name that no feature can have', async () => {
    await expectError(project('no spaces'), 'ValidationError', "'no spaces'")
  })
  it('answers no record for a missing one', async () => {
    expect((await getRecord(group, 'missing', { FeatureNames: ['text'] })).Record).toBeUndefined()
  })
})

describe('values', () => {
  it.each([
    ['zeros before and behind', { count: '007', ratio: '0.50' }],
    ['a float with a zero fraction', { ratio: '0.0' }],
    ['a whole number in a Fractional feature', { ratio: '25' }],
    ['more digits than a double has', { ratio: '0.122093023255813981234567890' }],
    ['an exponent', { ratio: '1E-7' }],
    ['a plus and a minus zero', { count: '+5', ratio: '-0' }],
    ['spaces around a text', { text: '  x ' }],
    ['control characters, quotes and line ends', { text: 'a\u0000b\t"c"\r\n\\u0041\\' }],
    ['text outside ASCII and the basic plane', { text: 'Zürich 日本 🦉 e\u0301' }],
    ['a text that looks like JSON', { text: '{"a":[null,1]}' }],
    ['a text that looks like a number', { text: '1e5' }],
  ])('come back verbatim: %s', async (name, values) => {
    await putRecord(group, { id: name, time: at(1), ...values })
    expect(await recordOf(group, name)).toEqual({ id: name, time: at(1), ...values })
  })
  it('have their event time back in the form that was sent', async () => {
    await putRecord(group, { id: 'time-form', time: '2026-01-01T00:00:00.000Z' })
    expect(await recordOf(group, 'time-form')).toMatchObject({ time: '2026-01-01T00:00:00.000Z' })
  })
})

describe('identifiers', () => {
  it.each([
    'a b',
    'a+b',
    'a%20b',
    'a/b',
    '../x',
    'a?b=c&d',
    'a#b',
    "O'Brien; DROP TABLE records",
    'Zürich 日本 🦉',
    'tab\tand\nline',
    '\u0000',
    ' ',
    '.',
    '__proto__',
  ])('may be any text: %j', async (id) => {
    await putRecord(group, { id, time: at(1), text: `of ${id}` })
    expect(await recordOf(group, id)).toEqual({ id, time: at(1), text: `of ${id}` })
    await deleteRecord(group, id, at(2))
    expect(await recordOf(group, id)).toBeUndefined()
  })
  it('are told apart by their code points, not by how they look', async () => {
    await putRecord(group, { id: 'caf\u00e9', time: at(1), text: 'one' })
    await putRecord(group, { id: 'cafe\u0301', time: at(1), text: 'two' })
    expect(await recordOf(group, 'caf\u00e9')).toMatchObject({ text: 'one' })
    expect(await recordOf(group, 'cafe\u0301')).toMatchObject({ text: 'two' })
  })
  it('are told apart by case', async () => {
    await putRecord(group, { id: 'Case', time: at(1) })
    expect(await recordOf(group, 'case')).toBeUndefined()
  })
})

describe('GetRecord refuses', () => {
  it('an empty identifier', async () => {
    await expectError(getRecord(group, ''), 'ValidationError', "''")
  })
  it('an ExpirationTimeResponse that is none', async () => {
    const call = getRecord(group, 'a', { ExpirationTimeResponse: 'Always' as 'Enabled' })
    await expectError(call, 'ValidationError', "'Always'")
  })
})
