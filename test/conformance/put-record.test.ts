import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, getRecord, putRecord, recordOf } from './records.ts'

let group: Group
beforeAll(async () => {
  group = await createGroup()
})

describe('PutRecord', () => {
  it('stores a record that GetRecord answers', async () => {
    const record = { id: 'whole', time: at(1), text: 'some', count: '3', ratio: '0.5' }
    await putRecord(group, record)
    expect(await recordOf(group, 'whole')).toEqual(record)
  })
  it('replaces the whole record: features that the newer one lacks are gone', async () => {
    await putRecord(group, { id: 'replaced', time: at(1), text: 'old', count: '1' })
    await putRecord(group, { id: 'replaced', time: at(2), ratio: '1' })
    expect(await recordOf(group, 'replaced')).toEqual({ id: 'replaced', time: at(2), ratio: '1' })
  })
  it('keeps the newer record when an older one arrives late', async () => {
    await putRecord(group, { id: 'late', time: at(2), text: 'newer' })
    await putRecord(group, { id: 'late', time: at(1), text: 'older' })
    expect(await recordOf(group, 'late')).toEqual({ id: 'late', time: at(2), text: 'newer' })
  })
  it('lets the last writer win when event times are equal', async () => {
    await putRecord(group, { id: 'equal', time: at(1), text: 'first' })
    await putRecord(group, { id: 'equal', time: at(1), text: 'second' })
    expect(await recordOf(group, 'equal')).toMatchObject({ text: 'second' })
  })
  it('takes event times for equal that say the same instant in two forms', async () => {
    await putRecord(group, { id: 'forms', time: '2026-01-01T00:00:01.000Z', text: 'first' })
    await putRecord(group, { id: 'forms', time: '2026-01-01T00:00:01Z', text: 'second' })
    expect(await recordOf(group, 'forms')).toEqual({ id: 'forms', time: '2026-01-01T00:00:01Z', text: 'second' })
  })
  it('tells event times apart that differ by a millisecond', async () => {
    await putRecord(group, { id: 'close', time: '2026-01-01T00:00:01.001Z', text: 'newer' })
    await putRecord(group, { id: 'close', time: '2026-01-01T00:00:01.000Z', text: 'older' })
    expect(await recordOf(group, 'close')).toMatchObject({ text: 'newer' })
  })
  it('ends with the newest record whatever the order of arrival', async () => {
    for (const second of [3, 1, 5, 2, 4]) await putRecord(group, { id: 'order', time: at(second), count: `${second}` })
    expect(await recordOf(group, 'order')).toEqual({ id: 'order', time: at(5), count: '5' })
  })
  it('does not replace a tombstone of the same event time or a later one', async () => {
    await putRecord(group, { id: 'fenced', time: at(1) })
    await deleteRecord(group, 'fenced', at(5))
    await putRecord(group, { id: 'fenced', time: at(4) })
    await putRecord(group, { id: 'fenced', time: at(5) })
    expect(await recordOf(group, 'fenced')).toBeUndefined()
  })
  it('replaces a tombstone of an earlier event time', async () => {
    await deleteRecord(group, 'back', at(5))
    await putRecord(group, { id: 'back', time: at(6), text: 'back' })
    expect(await recordOf(group, 'back')).toEqual({ id: 'back', time: at(6), text: 'back' })
  })
  it('takes an event time in the future', async () => {
    await putRecord(group, { id: 'future', time: '9999-12-31T23:59:59.999Z', text: 'far' })
    expect(await recordOf(group, 'future')).toMatchObject({ text: 'far' })
  })
  it('is safe to repeat', async () => {
    const record = { id: 'repeated', time: at(1), text: 'same' }
    await putRecord(group, record)
    await putRecord(group, record)
    expect(await recordOf(group, 'repeated')).toEqual(record)
  })
  it('keeps records of identifiers apart that are written in different ways', async () => {
    await putRecord(group, { id: '10', time: at(1), text: 'ten' })
    await putRecord(group, { id: '10.0', time: at(1), text: 'ten point zero' })
    expect(await recordOf(group, '10')).toMatchObject({ text: 'ten' })
    expect(await recordOf(group, '10.0')).toMatchObject({ text: 'ten point zero' })
  })
  it('writes a record and its neighbour at the same time', async () => {
    const identifiers = Array.from({ length: 40 }, (_, index) => `parallel-${index}`)
    await Promise.all(identifiers.map((id) => putRecord(group, { id, time: at(1), text: id })))
    const records = await Promise.all(identifiers.map((id) => recordOf(group, id)))
    expect(records.map((record) => record?.['text'])).toEqual(identifiers)
  })
  it('keeps the newest of many writes to one record at the same time', async () => {
    const seconds = Array.from({ length: 40 }, (_, index) => ((index * 17) % 40) + 1)
    await Promise.all(seconds.map((second) => putRecord(group, { id: 'race', time: at(second), count: `${second}` })))
    expect(await recordOf(group, 'race')).toEqual({ id: 'race', time: at(40), count: '40' })
  })
})

describe('PutRecord refuses', () => {
  it('a record without its identifier', async () => {
    await expectError(putRecord(group, { time: at(1), text: 'x' }), 'ValidationError', "'id'")
  })
  it('a record without its event time', async () => {
    await expectError(putRecord(group, { id: 'no-time', text: 'x' }), 'ValidationError', "'time'")
    expect((await getRecord(group, 'no-time')).Record).toBeUndefined()
  })
  it('a record whose identifier has no value', async () => {
    const Record = [
      { FeatureName: 'id', ValueAsString: undefined },
      { FeatureName: 'time', ValueAsString: at(1) },
    ]
    await expectError(putRecord(group, {}, { Record }), 'ValidationError', "'id'")
  })
  it('an empty identifier', async () => {
    await expectError(putRecord(group, { id: '', time: at(1) }), 'ValidationError', "''")
  })
  it('a feature that the group does not have', async () => {
    await expectError(putRecord(group, { id: 'a', time: at(1), color: 'red' }), 'ValidationError', "'color'")
  })
  it('a feature whose name differs in case', async () => {
    await expectError(putRecord(group, { id: 'a', time: at(1), Text: 'x' }), 'ValidationError', "'Text'")
  })
  it('a feature that is named twice', async () => {
    const Record = [
      { FeatureName: 'id', ValueAsString: 'twice' },
      { FeatureName: 'time', ValueAsString: at(1) },
      { FeatureName: 'text', ValueAsString: 'one' },
      { FeatureName: 'text', ValueAsString: 'two' },
    ]
    await expectError(putRecord(group, {}, { Record }), 'ValidationError', "'text'")
    expect(await recordOf(group, 'twice')).toBeUndefined()
  })
  it('an empty record', async () => {
    await expectError(putRecord(group, {}), 'ValidationError', "'record'")
  })
  it('a record that is missing', async () => {
    await expectError(putRecord(group, {}, { Record: undefined }), 'ValidationError', "'record'")
  })
})
