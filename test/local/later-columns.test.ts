import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { openLocalStores } from '../../local/stores.ts'
import { parseDeleteRequest } from '../../store/deletes/delete-request.ts'
import { createFeatureGroup } from '../../store/operations/create-feature-group.ts'
import { getRecord } from '../../store/operations/get-record.ts'
import { putRecord } from '../../store/operations/put-record.ts'
import { startDeleteSession } from '../../store/operations/start-delete-session.ts'
import { groupRequest } from '../store/control-plane.ts'

it('opens a data directory from before delete sessions, and deletes its records by one', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'cairn-later-'))
  const fail = (error: unknown) => {
    throw error
  }
  const open = () =>
    openLocalStores({ dataDirectory, account: '000000000000', region: 'us-east-1', onError: fail, onFatal: fail })
  let local = await open()
  await createFeatureGroup(
    local.stores,
    groupRequest('old', { OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://h' } } }),
  )
  await putRecord(local.stores, {
    FeatureGroupName: 'old',
    Record: [
      { FeatureName: 'id', ValueAsString: 'a' },
      { FeatureName: 'time', ValueAsString: '1' },
    ],
  })
  await local.close()

  const db = new DatabaseSync(join(dataDirectory, 'records.db'))
  db.exec('DROP INDEX records_by_session')
  for (const column of ['written_at', 'session', 'hidden']) db.exec(`ALTER TABLE records DROP COLUMN ${column}`)
  db.exec('ALTER TABLE history DROP COLUMN deletion_session')
  db.close()

  local = await open()
  const key = { FeatureGroupName: 'old', RecordIdentifierValueAsString: 'a' }
  expect(await getRecord(local.stores, key)).toContain('"a"')
  const request = parseDeleteRequest(Buffer.from('{"session":"s","table":"old","all":true}'))
  await startDeleteSession(local.stores, request, { actor: 'tester', modes: ['soft'] })
  await expect.poll(async () => (await local.stores.sessions.get('s'))?.status).toBe('completed')
  expect(await getRecord(local.stores, key)).toBe('{}')
  expect(await local.history.flush()).toBe(2)
  await local.close()
  rmSync(dataDirectory, { recursive: true })
})
