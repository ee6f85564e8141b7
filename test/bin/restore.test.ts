import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cairn as runCairn, startServer } from './running-cairn.ts'

let server: Awaited<ReturnType<typeof startServer>>
beforeAll(async () => {
  server = await startServer(['--ignore-delete', 'of-the-server,unknown'])
  await cairn('groups', 'create', 'orders', ...GROUP_OPTIONS)
})
afterAll(async () => {
  await server.stop()
})

const GROUP_OPTIONS = ['--id', 'id', '--event-time', 'at', '--feature', 'id:String', '--feature', 'at:String']
const ROWS = 'id,at\na,2026-01-01T00:00:00Z\nb,2026-01-01T00:00:00Z\nc,2026-01-01T00:00:00Z\n'

const cairn = (...args: string[]) => runCairn(args, { endpoint: server.endpoint })
const listed = async () => (await cairn('list', 'orders')).stdout.split('\n').filter((line) => line !== '')
const deleteOne = (id: string, session: string) =>
  cairn('delete-where', 'orders', '--filter', `id = ${id}`, '--session', session, '--watch', '--yes')

describe('cairn restore', () => {
  it('rebuilds a group, prints what it has come to, and honours no session that is named', async () => {
    const path = ['ingest', '-', '--group', 'orders', '--format', 'csv']
    const ingested = await runCairn(path, { endpoint: server.endpoint, stdin: ROWS })
    expect(ingested.status).toBe(0)
    await deleteOne('a', 'first')
    await deleteOne('b', 'second')
    await deleteOne('c', 'of-the-server')
    expect(await listed()).toEqual([])
    const restored = await cairn('restore', 'orders', '--ignore-delete', 'first')
    expect(restored).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(restored.stdout)).toMatchObject({
      FeatureGroupName: 'orders',
      Status: 'Completed',
      IgnoreDelete: ['first', 'of-the-server'],
      RowsRead: 3,
      RecordsWritten: 2,
      Tombstones: 1,
    })
    expect(await listed()).toEqual(['a', 'c'])
  })

  it('asks for --replace where records are, and goes back to a time with it', async () => {
    const refused = await cairn('restore', 'orders')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/ValidationError: .*orders' has live records\. Send Replace/)
    const past = await cairn('restore', 'orders', '--replace', '--as-of', '2020-01-01')
    expect(JSON.parse(past.stdout)).toMatchObject({ AsOf: '2020-01-01T00:00:00.000Z', RowsTotal: 0, RecordsRemoved: 2 })
    expect(await listed()).toEqual([])
  })

  it('refuses what is no time, and names the sessions that are not there', async () => {
    const noTime = await cairn('restore', 'orders', '--as-of', 'yesterday')
    expect(noTime).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("'--as-of <time>' argument 'yesterday'"),
    })
    const unknown = await cairn('restore', 'orders', '--ignore-delete', 'first,wrong')
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining("IgnoreDelete names 'wrong'") })
    expect((await cairn('restore', 'nobody')).stderr).toMatch(/ResourceNotFound/)
  })

  it('takes the sessions from the environment', async () => {
    const run = await runCairn(['restore', 'orders', '--replace'], {
      endpoint: server.endpoint,
      env: { CAIRN_IGNORE_DELETE: 'second' },
    })
    expect(JSON.parse(run.stdout)).toMatchObject({ IgnoreDelete: ['second', 'of-the-server'] })
    expect(await listed()).toEqual(['b', 'c'])
  })
})
