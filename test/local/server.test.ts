import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isLoopback } from '../../local/access.ts'

const directories: string[] = []
const servers: ChildProcess[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL')
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-server-'))
  directories.push(directory)
  return directory
}

interface Started {
  server: ChildProcess
  endpoint: string
  stderr: () => string
  exited: Promise<number | null>
}

/** Starts `cairn serve` on a free port; resolves when it is ready or has ended. */
async function start(dataDirectory: string, ...options: string[]): Promise<Started> {
  const script = join(import.meta.dirname, '../../bin/cairn.ts')
  const server = spawn(process.execPath, [script, 'serve', '--port', '0', '--data', dataDirectory, ...options])
  servers.push(server)
  let stderr = ''
  server.stderr.on('data', (data) => {
    stderr += data
  })
  const exited = new Promise<number | null>((resolve) => server.on('exit', resolve))
  const ready = new Promise<string>((resolve) => {
    server.stdout.on('data', (data) => resolve(/listening on (\S+)\n/.exec(String(data))?.[1] ?? ''))
  })
  const endpoint = await Promise.race([ready, exited.then(() => '')])
  return { server, endpoint, stderr: () => stderr, exited }
}

/** `fetch` will not send the headers that these tests are about. */
function get(url: string, headers: { [name: string]: string } = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      let body = ''
      response.on('data', (data) => {
        body += data
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    sent.on('error', reject).end()
  })
}

describe('the server', () => {
  it('says that it is healthy, and what it has answered', async () => {
    const { endpoint } = await start(newDirectory())
    expect(await get(`${endpoint}/healthz`)).toEqual({ status: 200, body: '{"status":"ok"}' })
    await get(`${endpoint}/FeatureGroup/none?RecordIdentifierValueAsString=1`)
    const { body } = await get(`${endpoint}/metrics`)
    expect(body).toContain('cairn_requests_total{operation="GetRecord",status="404"} 1')
    expect(body).toContain('cairn_errors_total{operation="GetRecord",code="ResourceNotFound"} 1')
    expect(body).toContain('cairn_request_duration_seconds_count{operation="GetRecord"} 1')
    expect(body).toContain('cairn_offline_waiting_rows 0')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with status 0 on %s', async (signal) => {
    const { server, exited } = await start(newDirectory())
    server.kill(signal)
    expect(await exited).toBe(0)
  })

  it('refuses a data directory that another server has, and takes it once that one is gone', async () => {
    const directory = newDirectory()
    const first = await start(directory)
    const second = await start(directory)
    expect(await second.exited).toBe(1)
    expect(second.stderr()).toContain('is in use by another server')
    first.server.kill('SIGKILL')
    await first.exited
    const third = await start(directory)
    expect((await get(`${third.endpoint}/healthz`)).status).toBe(200)
  })

  it('says which port is taken', async () => {
    const { endpoint } = await start(newDirectory())
    const second = await start(newDirectory(), '--port', new URL(endpoint).port)
    expect(await second.exited).toBe(1)
    expect(second.stderr()).toContain(`EADDRINUSE`)
  })
})

describe('access', () => {
  it('is denied to web pages and to names that only point at this machine', async () => {
    const { endpoint } = await start(newDirectory())
    expect(await get(`${endpoint}/healthz`, { origin: 'https://example.com' })).toMatchObject({ status: 403 })
    expect(await get(`${endpoint}/healthz`, { host: 'rebound.example.com' })).toMatchObject({ status: 403 })
    const { port } = new URL(endpoint)
    expect(await get(`${endpoint}/healthz`, { host: `localhost:${port}` })).toMatchObject({ status: 200 })
  })

  it('needs a token on any address but loopback', async () => {
    const { exited, stderr } = await start(newDirectory(), '--host', '0.0.0.0')
    expect(await exited).toBe(1)
    expect(stderr()).toContain('--access-token')
  })

  it('is granted to who sends the token', async () => {
    const { endpoint } = await start(newDirectory(), '--access-token', 'a token of sixteen or more')
    expect((await get(`${endpoint}/healthz`)).status).toBe(403)
    expect((await get(`${endpoint}/healthz`, { 'x-cairn-access-token': 'wrong' })).status).toBe(403)
    expect((await get(`${endpoint}/healthz`, { 'x-cairn-access-token': 'a token of sixteen or more' })).status).toBe(
      200,
    )
    expect((await get(`${endpoint}/healthz`, { authorization: 'Bearer a token of sixteen or more' })).status).toBe(200)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.9.8.7', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['::', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })
})
