import {
  BatchWriteRecordCommand,
  ListRecordsCommand,
  type ListRecordsCommandInput,
  paginateListRecords,
} from '@aws-sdk/client-sagemaker-featurestore-runtime'
import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, type Group, runtime } from './deployment.ts'
import { expectError } from './errors.ts'
import { at, deleteRecord, putRecord, toRecord } from './records.ts'

async function list(group: Group, rest: Partial<ListRecordsCommandInput> = {}) {
  const input = { FeatureGroupName: group.name, ...rest }
  const { RecordIdentifiers = [], NextToken } = await runtime.send(new ListRecordsCommand(input))
  return { identifiers: RecordIdentifiers, NextToken }
}

/** All pages, each with at most `MaxResults` identifiers. */
async function listAll(group: Group, rest: Partial<ListRecordsCommandInput> = {}): Promise<string[]> {
  const all: string[] = []
  const { MaxResults, ...others } = rest
  const input = { FeatureGroupName: group.name, ...others }
  const paging = { client: runtime, ...(MaxResults !== undefined && { pageSize: MaxResults }) }
  for await (const { RecordIdentifiers = [] } of paginateListRecords(paging, input)) {
    expect(RecordIdentifiers.length).toBeLessThanOrEqual(MaxResults ?? 100)
    all.push(...RecordIdentifiers)
  }
  return all
}

async function putAll(group: Group, identifiers: string[]): Promise<void> {
  for (let start = 0; start < identifiers.length; start += 25) {
    const Entries = identifiers
      .slice(start, start + 25)
      .map((id) => ({ FeatureGroupName: group.name, Record: toRecord({ id, time: at(1) }) }))
    const { Errors, UnprocessedEntries } = await runtime.send(new BatchWriteRecordCommand({ Entries }))
    expect({ Errors, UnprocessedEntries }).toEqual({ Errors: [], UnprocessedEntries: [] })
  }
}

const numbered = (count: number, prefix = 'record') => Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

describe('ListRecords of 250 records', () => {
  let group: Group
  const identifiers = numbered(250)
  beforeAll(async () => {
    group = await createGroup()
    await putAll(group, identifiers)
  })

  it.each([1, 7, 50, 99, 100, undefined])('lists each once, in pages of %s', async (MaxResults) => {
    const input = MaxResults === undefined ? {} : { MaxResults }
    expect((await listAll(group, input)).sort()).toEqual(identifiers.toSorted())
  })
  it('has no more than 100 on a page when no number is given, and a NextToken', async () => {
    const { identifiers: page, NextToken } = await list(group)
    expect(page.length).toBeLessThanOrEqual(100)
    expect(NextToken).toMatch(/^.{1,8192}$/)
  })
  it('has no NextToken on the last page', async () => {
    let token: string | undefined
    let pages = 0
    do {
      token = (await list(group, { ...(token !== undefined && { NextToken: token }) })).NextToken
      pages += 1
    } while (token !== undefined && pages < 1_000)
    expect(token).toBeUndefined()
  })
  it('answers a page again for the same NextToken', async () => {
    const { NextToken } = await list(group, { MaxResults: 10 })
    const first = await list(group, { MaxResults: 10, NextToken })
    expect(await list(group, { MaxResults: 10, NextToken })).toEqual(first)
    expect(first.identifiers.length).toBeGreaterThan(0)
  })
  it('goes on from a NextToken with another MaxResults', async () => {
    const start = await list(group, { MaxResults: 10 })
    const seen = [...start.identifiers]
    for (let token = start.NextToken; token !== undefined; ) {
      const page = await list(group, { MaxResults: 33, NextToken: token })
      seen.push(...page.identifiers)
      token = page.NextToken
    }
    expect(seen.sort()).toEqual(identifiers.toSorted())
  })
  it.each([0, -1, 101, 1.5])('refuses the MaxResults %s', async (MaxResults) => {
    await expectError(list(group, { MaxResults }), 'ValidationError', `'${MaxResults}'`)
  })
})

describe('a NextToken', () => {
  let group: Group
  let token: string
  beforeAll(async () => {
    group = await createGroup()
    await putAll(group, numbered(40))
    const { NextToken } = await list(group, { MaxResults: 5 })
    token = String(NextToken)
  })

  it('is refused when it was altered', async () => {
    const middle = Math.floor(token.length / 2)
    const altered = `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`
    await expectError(list(group, { NextToken: altered }), 'ValidationError', 'NextToken')
  })
  it.each([
    ['cut', (text: string) => text.slice(0, -4)],
    ['lengthened', (text: string) => `${text}AAAA`],
    ['made up', () => Buffer.from('record-5').toString('base64url')],
    ['another base64 of the same', (text: string) => `${text}=`],
  ])('is refused when it was %s', async (_, alter) => {
    await expectError(list(group, { NextToken: alter(token) }), 'ValidationError', 'NextToken')
  })
  it('is refused for another IncludeSoftDeletedRecords', async () => {
    const call = list(group, { NextToken: token, IncludeSoftDeletedRecords: true })
    await expectError(call, 'ValidationError', 'NextToken')
  })
  it('is good for IncludeSoftDeletedRecords false when none was given', async () => {
    const { identifiers } = await list(group, { NextToken: token, IncludeSoftDeletedRecords: false })
    expect(identifiers.length).toBeGreaterThan(0)
  })
  it('is refused for another group', async () => {
    const other = await createGroup()
    await putAll(other, numbered(40))
    await expectError(list(other, { NextToken: token }), 'ValidationError', 'NextToken')
  })
  it('is good for the same group by its ARN', async () => {
    const { identifiers } = await list(group, { NextToken: token, FeatureGroupName: group.arn })
    expect(identifiers.length).toBeGreaterThan(0)
  })
  it.each([
    ['empty', '', 'greater than or equal to 1'],
    ['of 8,193 characters', 'x'.repeat(8_193), 'less than or equal to 8192'],
  ])('must not be %s', async (_, NextToken, naming) => {
    await expectError(list(group, { NextToken }), 'ValidationError', naming)
  })
})

describe('ListRecords', () => {
  it('lists nothing, and no NextToken, for an empty group', async () => {
    const group = await createGroup()
    expect(await list(group)).toEqual({ identifiers: [], NextToken: undefined })
  })
  it('lists tombstones only when asked, and hard-deleted records never', async () => {
    const group = await createGroup()
    await putAll(group, ['live', 'soft', 'hard'])
    await deleteRecord(group, 'soft', at(2))
    await deleteRecord(group, 'hard', at(2), { DeletionMode: 'HardDelete' })
    await deleteRecord(group, 'never-written', at(2))
    await deleteRecord(group, 'nothing', at(2), { DeletionMode: 'HardDelete' })
    expect(await listAll(group)).toEqual(['live'])
    expect(await listAll(group, { IncludeSoftDeletedRecords: false })).toEqual(['live'])
    const withTombstones = await listAll(group, { IncludeSoftDeletedRecords: true })
    expect(withTombstones.sort()).toEqual(['live', 'never-written', 'soft'])
  })
  it('lists a record again that came back after its deletion', async () => {
    const group = await createGroup()
    await deleteRecord(group, 'back', at(1))
    await putRecord(group, { id: 'back', time: at(2) })
    expect(await listAll(group)).toEqual(['back'])
  })
  it('pages through tombstones in pages of the asked size', async () => {
    const group = await createGroup()
    const deleted = numbered(30, 'deleted')
    for (const id of deleted) await deleteRecord(group, id, at(1))
    await putAll(group, ['kept'])
    expect(await listAll(group, { MaxResults: 4 })).toEqual(['kept'])
    const all = await listAll(group, { MaxResults: 4, IncludeSoftDeletedRecords: true })
    expect(all.sort()).toEqual([...deleted, 'kept'].sort())
  })
  it('lists identifiers of any text', async () => {
    const group = await createGroup()
    const identifiers = ['a/b', 'ü 日本 🦉', ' ', '\u0000', '\u0000b', '\uffff', '__proto__', 'x'.repeat(2_048)]
    for (const id of identifiers) await putRecord(group, { id, time: at(1) })
    expect((await listAll(group, { MaxResults: 1 })).sort()).toEqual(identifiers.toSorted())
  })
  it('lists every record once that is there throughout, while others come and go', async () => {
    const group = await createGroup()
    const steady = numbered(120, 'steady')
    const leaving = numbered(60, 'leaving')
    await putAll(group, [...steady, ...leaving])
    let isListing = true
    const writing = (async () => {
      for (let round = 0; isListing && round < 60; round++) {
        await putRecord(group, { id: `arriving-${round}`, time: at(1) })
        await putRecord(group, { id: steady[round] ?? '', time: at(round + 2) })
        await deleteRecord(group, leaving[round] ?? '', at(2))
      }
    })()
    const listed = await listAll(group, { MaxResults: 5 })
    isListing = false
    await writing
    expect(new Set(listed).size).toBe(listed.length)
    expect(listed.filter((id) => id.startsWith('steady')).sort()).toEqual(steady.toSorted())
    expect(listed.filter((id) => !/^(steady|leaving|arriving)-\d+$/.test(id))).toEqual([])
  })
})
