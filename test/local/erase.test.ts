import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeLogger } from '../../local/logger.ts'
import { type LocalStores, openLocalStores } from '../../local/stores.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { deleteRecord } from '../../store/operations/delete-record.ts'
import { eraseRecords } from '../../store/operations/erase-records.ts'
import { getRecord } from '../../store/operations/get-record.ts'
import { putRecord } from '../../store/operations/put-record.ts'
import { everyOperation } from '../../store/protocol/every-operation.ts'
import { respond } from '../../store/protocol/respond.ts'

const PERSON = 'person-to-forget-4711'
const SECRET = 'lives-at-1-elm-street'

let directory: string
let local: LocalStores

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cairn-erase-'))
  const logger = makeLogger('error')
  const report = (err: unknown) => logger.error({ err })
  const where = { dataDirectory: directory, account: '000000000000', region: 'us-east-1' }
  local = await openLocalStores({ ...where, onError: report, onFatal: report })
  await createFeatureGroup(local.stores, {
    FeatureGroupName: 'people',
    RecordIdentifierFeatureName: 'id',
    EventTimeFeatureName: 'at',
    FeatureDefinitions: ['id', 'at', 'address'].map((FeatureName) => ({ FeatureName, FeatureType: 'String' })),
    OnlineStoreConfig: { EnableOnlineStore: true },
    OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/people' } },
  })
})

afterEach(async () => {
  await local.close()
  rmSync(directory, { recursive: true })
})

async function put(id: string, at: string, address: string): Promise<void> {
  const record = Object.entries({ id, at, address })
  await putRecord(local.stores, {
    FeatureGroupName: 'people',
    Record: record.map(([FeatureName, ValueAsString]) => ({ FeatureName, ValueAsString })),
  })
}

/** Other people, some with many versions, so that pages are split, rewritten and set free. */
async function putOthers(versions: number): Promise<void> {
  const puts: Promise<void>[] = []
  for (let version = 0; version < versions; version++) {
    for (let i = 0; i < 100; i++)
      puts.push(put(`other-${i}`, `2024-01-0${version + 1}T00:00:00Z`, `street ${i}`.repeat(version + 1)))
  }
  await Promise.all(puts)
}

/** The files of the data directory in which the bytes are found. */
function filesWith(text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
}

const erase = (...ids: string[]) =>
  eraseRecords(local.stores, local.history, { FeatureGroupName: 'people', RecordIdentifiersValueAsString: ids })

async function ask(method: string, path: string, input?: object) {
  const body = Buffer.from(input === undefined ? '' : JSON.stringify(input))
  const protocol = everyOperation(local.stores, local.history)(path)
  return JSON.parse((await respond(protocol, { method, path, query: '', headers: {}, body })).body)
}

describe('an erasure', () => {
  it('leaves no byte of the record in the data directory, and everything else', async () => {
    await putOthers(2)
    for (let day = 1; day <= 5; day++) await put(PERSON, `2024-01-0${day}T00:00:00Z`, `${SECRET} ${day}`)
    await local.history.flush()
    await putOthers(3)
    await put(PERSON, '2024-01-06T00:00:00Z', `${SECRET} still in the log`)
    await put(PERSON, '2024-01-02T00:00:00Z', `${SECRET} historic`)
    expect(filesWith(PERSON).length).toBeGreaterThan(0)

    const proof = await erase(PERSON)
    expect(proof).toMatchObject({ OnlineRecordsRemoved: 1, HistoryRowsRemoved: 7, SnapshotsExpired: 1 })
    expect(Date.parse(proof.VerifiedAt)).not.toBeNaN()
    expect(filesWith(PERSON)).toEqual([])
    expect(filesWith(SECRET)).toEqual([])

    const request = { FeatureGroupName: 'people', RecordIdentifierValueAsString: PERSON }
    expect(await getRecord(local.stores, request)).toBe('{}')
    const other = await getRecord(local.stores, { ...request, RecordIdentifierValueAsString: 'other-7' })
    expect(other).toContain('street 7street 7street 7')
    await local.history.flush()
    expect(filesWith(PERSON)).toEqual([])
  })

  it('leaves no byte of records that a delete session and a restore have noted as how far they were', async () => {
    const ids = Array.from({ length: 2_100 }, (_, i) => `visitor-${String(i).padStart(4, '0')}`)
    await Promise.all(ids.map((id) => put(id, '2024-01-01T00:00:00Z', 'nowhere')))
    await ask('POST', '/delete', { session: 'long', table: 'people', filter: [['=', 'address', 'nowhere']] })
    while ((await ask('GET', '/delete/long')).status === 'processing') await pause(10)
    const { RestoreId } = await ask('POST', '/restore', { FeatureGroupName: 'people', Replace: true })
    while ((await ask('GET', `/restore/${RestoreId}`)).Status === 'Processing') await pause(10)

    const noted = readFileSync(join(directory, 'catalog.db-wal'), 'latin1').match(/visitor-\d{4}/g)
    const found = [...new Set(noted)]
    expect(found.length).toBeGreaterThan(1)
    await erase(...found.slice(0, 100))
    for (const id of found.slice(0, 100)) expect(filesWith(id)).toEqual([])
  })

  it('takes tombstones and markers with it', async () => {
    await put(PERSON, '2024-01-01T00:00:00Z', SECRET)
    const deletion = { FeatureGroupName: 'people', RecordIdentifierValueAsString: PERSON }
    await deleteRecord(local.stores, { ...deletion, EventTime: '2024-01-02T00:00:00Z' })
    await local.history.flush()
    expect(await erase(PERSON)).toMatchObject({ OnlineRecordsRemoved: 1, HistoryRowsRemoved: 2 })
    expect(filesWith(PERSON)).toEqual([])
  })

  it('proves that nothing is there of a record that never was', async () => {
    await putOthers(1)
    await local.history.flush()
    expect(await erase(PERSON)).toMatchObject({ OnlineRecordsRemoved: 0, HistoryRowsRemoved: 0, FilesRewritten: 0 })
  })

  it('lets the record be written anew', async () => {
    await put(PERSON, '2024-01-05T00:00:00Z', SECRET)
    await erase(PERSON)
    await put(PERSON, '2024-01-01T00:00:00Z', 'a new life')
    const request = { FeatureGroupName: 'people', RecordIdentifierValueAsString: PERSON }
    expect(await getRecord(local.stores, request)).toContain('a new life')
  })
})

describe('POST /erase and /flush', () => {
  async function call(path: string, body: string, method = 'POST') {
    const protocol = everyOperation(local.stores, local.history)(path)
    const request = { method, path, query: '', headers: {}, body: Buffer.from(body) }
    const { status, body: answer, operation } = await respond(protocol, request)
    return { status, operation, answer: JSON.parse(answer) }
  }

  it('answer the proof, and how many rows went into the tables', async () => {
    await putOthers(1)
    expect(await call('/flush', '{}')).toEqual({
      status: 200,
      operation: 'FlushHistory',
      answer: { RowsCommitted: 100 },
    })
    const request = { FeatureGroupName: 'people', RecordIdentifiersValueAsString: ['other-1', 'other-2', 'other-1'] }
    expect(await call('/erase', JSON.stringify(request))).toMatchObject({
      status: 200,
      operation: 'EraseRecords',
      answer: {
        RecordIdentifiersValueAsString: ['other-1', 'other-2'],
        Status: 'Completed',
        HistoryRowsRemoved: 2,
      },
    })
  })

  it.each([
    ['/erase', '{}', 400, /featureGroupName/],
    [
      '/erase',
      '{"FeatureGroupName":"people","RecordIdentifiersValueAsString":[]}',
      400,
      /recordIdentifiersValueAsString/,
    ],
    ['/erase', '{"FeatureGroupName":"people","RecordIdentifiersValueAsString":[""]}', 400, /0 bytes/],
    ['/erase', '{"FeatureGroupName":"nobody","RecordIdentifiersValueAsString":["a"]}', 404, /nobody/],
    ['/erase', '{"FeatureGroupName":"people","RecordIdentifiersValueAsString":["a"],"All":true}', 400, /all/],
    ['/flush', '{"Now":1}', 400, /now/],
    ['/flush', '[]', 400, /JSON object/],
  ])('%s refuses %s', async (path, body, status, message) => {
    const refused = await call(path, body)
    expect(refused.status).toBe(status)
    expect(refused.answer.Message).toMatch(message)
  })

  it('refuse an identifier that is not of the type of its feature', async () => {
    await createFeatureGroup(local.stores, {
      FeatureGroupName: 'numbered',
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'at',
      FeatureDefinitions: [
        { FeatureName: 'id', FeatureType: 'Integral' },
        { FeatureName: 'at', FeatureType: 'String' },
      ],
      OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://history/numbered' } },
    })
    const refused = await call(
      '/erase',
      '{"FeatureGroupName":"numbered","RecordIdentifiersValueAsString":["7","seven"]}',
    )
    expect(refused.status).toBe(400)
    expect(refused.answer.Message).toMatch(/'id' is of type Integral and has the value 'seven'/)
  })

  it('refuse every other method', async () => {
    expect((await call('/erase', '', 'DELETE')).status).toBe(405)
    expect((await call('/erase/some-id', '', 'POST')).status).toBe(405)
  })

  it('know no erasure by an id, but those that delete sessions are', async () => {
    expect(await call('/erase/some-id', '', 'GET')).toMatchObject({ status: 404, operation: 'GetErasure' })
    expect((await call('/erase/some-id/more', '', 'GET')).status).toBe(404)
  })
})
