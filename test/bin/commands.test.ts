import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cairn as runCairn, startServer } from './running-cairn.ts'
import { temporaryDirectory } from './temporary-directory.ts'

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server.stop()
})

const cairn = (...args: string[]) => runCairn(args, { endpoint: server.endpoint })

const CREATE = ['--id', 'id', '--event-time', 'at', '--feature', 'id:String', '--feature', 'at:String']

describe('cairn groups', () => {
  it('creates, lists, describes and deletes groups', async () => {
    const options = [...CREATE, '--feature', 'tags:String:Set', '--feature', 'v:Fractional:Vector(2)']
    const created = await cairn('groups', 'create', 'one', ...options, '--ttl', '7d', '--storage', 'Standard_V2')
    expect(created).toMatchObject({ status: 0, stderr: '' })
    const arn = JSON.parse(created.stdout).FeatureGroupArn
    expect(arn).toMatch(/^arn:aws:sagemaker:us-east-1:000000000000:feature-group\/one$/)
    expect((await cairn('groups', 'list')).stdout.split('\n')).toContain('one')

    const group = JSON.parse((await cairn('groups', 'describe', arn)).stdout)
    expect(group).toMatchObject({
      FeatureGroupName: 'one',
      FeatureGroupStatus: 'Created',
      RecordIdentifierFeatureName: 'id',
      EventTimeFeatureName: 'at',
      OnlineStoreConfig: { StorageType: 'Standard_V2', TtlDuration: { Unit: 'Days', Value: 7 } },
      OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://cairn-local/' } },
    })
    expect(group.FeatureDefinitions[3]).toEqual({
      FeatureName: 'v',
      FeatureType: 'Fractional',
      CollectionType: 'Vector',
      CollectionConfig: { VectorConfig: { Dimension: 2 } },
    })
    expect(group.$metadata).toBeUndefined()

    expect(await cairn('groups', 'delete', 'one')).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(await cairn('groups', 'describe', 'one')).toMatchObject({ status: 1, stdout: '' })
  })

  it('makes groups with one store', async () => {
    await cairn('groups', 'create', 'online', ...CREATE, '--no-offline')
    await cairn('groups', 'create', 'offline', ...CREATE, '--no-online', '--offline', 's3://bucket/prefix')
    const online = JSON.parse((await cairn('groups', 'describe', 'online')).stdout)
    const offline = JSON.parse((await cairn('groups', 'describe', 'offline')).stdout)
    expect(online.OfflineStoreConfig).toBeUndefined()
    expect(offline.OnlineStoreConfig).toBeUndefined()
    expect(offline.OfflineStoreConfig.S3StorageConfig.S3Uri).toBe('s3://bucket/prefix')
  })

  it('says in one line what the server refuses', async () => {
    await cairn('groups', 'create', 'twice', ...CREATE)
    const { status, stdout, stderr } = await cairn('groups', 'create', 'twice', ...CREATE)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^cairn: ResourceInUse: .*twice already exists.*\n$/)
  })
})

describe('cairn get, list and delete', () => {
  const rows = Array.from({ length: 250 }, (_, i) => `{"id":"${i}","at":"2026-01-01T00:00:00Z","n":${i}}`).join('\n')

  beforeAll(async () => {
    const args = ['ingest', '-', '--format', 'jsonl', '--create', '--group', 'rows', '--id', 'id', '--event-time', 'at']
    expect(await runCairn(args, { endpoint: server.endpoint, stdin: rows })).toMatchObject({ status: 0 })
  })

  it('prints a record as the API has it, or only some features', async () => {
    expect(JSON.parse((await cairn('get', 'rows', '7')).stdout)).toEqual({
      Record: [
        { FeatureName: 'id', ValueAsString: '7' },
        { FeatureName: 'at', ValueAsString: '2026-01-01T00:00:00Z' },
        { FeatureName: 'n', ValueAsString: '7' },
      ],
    })
    expect(JSON.parse((await cairn('get', 'rows', '7', '--features', 'n,id')).stdout).Record.length).toBe(2)
  })

  it('prints when a record expires if asked to', async () => {
    await cairn('groups', 'create', 'brief', ...CREATE, '--ttl', '2w')
    const row = '{"id":"1","at":"2999-01-01T00:00:00Z"}'
    await runCairn(['ingest', '-', '--format', 'jsonl', '--group', 'brief'], { endpoint: server.endpoint, stdin: row })
    const { ExpiresAt } = JSON.parse((await cairn('get', 'brief', '1', '--expires-at')).stdout)
    expect(Date.parse(ExpiresAt)).toBe(Date.parse('2999-01-15T00:00:00Z'))
  })

  it('has exit status 1 for a record that is not there', async () => {
    expect(await cairn('get', 'rows', 'x')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'cairn: feature group rows has no record x\n',
    })
  })

  it('lists every identifier, page after page, or as many as asked for', async () => {
    const all = (await cairn('list', 'rows')).stdout.trimEnd().split('\n')
    expect(all.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 250 }, (_, i) => i))
    expect((await cairn('list', 'rows', '--limit', '120')).stdout.trimEnd().split('\n').length).toBe(120)
  })

  it('deletes softly and hard', async () => {
    const time = ['--event-time', '2026-01-02T00:00:00Z']
    expect(await cairn('delete', 'rows', '1', ...time)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await cairn('delete', 'rows', '2', ...time, '--hard')).toMatchObject({ status: 0 })
    expect((await cairn('list', 'rows')).stdout.trimEnd().split('\n').length).toBe(248)
    const withDeleted = (await cairn('list', 'rows', '--include-deleted')).stdout.trimEnd().split('\n')
    expect(withDeleted.length).toBe(249)
    expect(withDeleted).toContain('1')
    expect((await cairn('get', 'rows', '1')).status).toBe(1)
  })

  it('says in one line that a group does not exist', async () => {
    for (const args of [
      ['get', 'no', '1'],
      ['list', 'no'],
      ['groups', 'delete', 'no'],
    ]) {
      const { status, stderr } = await cairn(...args)
      expect(status).toBe(1)
      expect(stderr).toMatch(/^cairn: ResourceNotFound: .*\n$/)
    }
  })
})

describe('cairn', () => {
  it.each([
    [],
    ['serve'],
    ['groups'],
    ['groups', 'create'],
    ['groups', 'list'],
    ['groups', 'describe'],
    ['groups', 'delete'],
    ['ingest'],
    ['get'],
    ['list'],
    ['delete'],
    ['delete-where'],
    ['deletes'],
    ['deletes', 'list'],
    ['deletes', 'show'],
    ['deletes', 'cancel'],
    ['deletes', 'undo'],
  ])('has help with an example for %s %s', async (...command) => {
    const { status, stdout } = await cairn(...command, '--help')
    expect(status).toBe(0)
    expect(stdout).toMatch(/Examples?:\n {2}(cairn|zcat) /)
    if (command.length > 0 && !['groups', 'serve', 'deletes'].includes(command.join(' ')))
      expect(stdout).toContain('--endpoint')
  })

  it.each([
    [['get', 'rows'], "missing required argument 'id'"],
    [['get', 'rows', '1', '--endpoint', 'localhost:8480'], 'http or https URL'],
    [['list', 'rows', '--limit', 'all'], 'whole number'],
    [['delete', 'rows', '1'], '--event-time'],
    [['ingest', 'rows.csv', '--create'], 'needs --id'],
    [['ingest', 'rows.csv', '--group', 'rows', '--id', 'id'], 'are for --create'],
    [['ingest', 'rows.csv', '--group', 'rows', '--concurrency', '51'], 'from 1 to 50'],
    [['serve', '--port', '65536'], 'from 0 to 65535'],
    [['serve', '--account', '1'], '12 digits'],
    [['serve', '--log-level', 'loud'], 'debug, info, warn, error'],
    [['unknown'], 'unknown command'],
  ])('refuses %j', async (args, message) => {
    const { status, stdout, stderr } = await cairn(...args)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('says that no server listens, and how to start one', async () => {
    const { status, stderr } = await cairn('list', 'rows', '--endpoint', 'http://127.0.0.1:1')
    expect(status).toBe(1)
    expect(stderr).toBe(
      'cairn: no server listens on http://127.0.0.1:1; start one with "cairn serve" or give --endpoint\n',
    )
  })
})

describe('cairn serve', () => {
  it('does not share its data directory, nor take a port that is in use', async () => {
    const { status, stderr } = await cairn('serve', '--port', '0', '--data', server.data)
    expect(status).toBe(1)
    expect(stderr).toContain(server.data)
    const port = new URL(server.endpoint).port
    const second = await cairn('serve', '--port', port, '--data', temporaryDirectory())
    expect(second.status).toBe(1)
    expect(second.stderr).toContain(port)
  })

  it('asks for a token when others can reach it', async () => {
    const { status, stderr } = await cairn('serve', '--port', '0', '--host', '0.0.0.0', '--data', temporaryDirectory())
    expect(status).toBe(1)
    expect(stderr).toContain('--access-token')
  })

  it('lets in who brings its token', async () => {
    const guarded = await startServer(['--access-token', 'secret'])
    try {
      const options = { endpoint: guarded.endpoint }
      const without = await runCairn(['groups', 'list'], options)
      expect(without.status).toBe(1)
      expect(without.stderr).toContain('AccessForbidden')
      const args = [...CREATE, '--access-token', 'secret']
      expect(await runCairn(['groups', 'create', 'rows', ...args], options)).toMatchObject({ status: 0 })
      const list = await runCairn(['list', 'rows', '--access-token', 'secret'], options)
      expect(list).toEqual({ status: 0, stdout: '', stderr: '' })
    } finally {
      await guarded.stop()
    }
  })

  it('stops on SIGTERM with exit status 0', async () => {
    const other = await startServer()
    expect(await other.stop()).toBe(0)
  })
})
