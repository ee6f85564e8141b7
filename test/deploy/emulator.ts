import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pythonProgram } from './python-environment.ts'

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 5_000

export interface EmulatorOptions {
  /** Where it may leave files. */
  directory: string
  /** What the functions are told besides where AWS is. */
  environment: { [name: string]: string }
}

/** Starts MiniStack, an emulator of AWS, on a free port of this machine. Its functions run on this very Node.js. */
export async function startEmulator({ directory, environment }: EmulatorOptions) {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const logPath = join(directory, 'emulator.log')
  const log = openSync(logPath, 'w')
  const { AWS_ENDPOINT_URL: _, ...inherited } = process.env
  const child = spawn(pythonProgram('python'), ['-m', 'ministack'], {
    cwd: directory,
    stdio: ['ignore', log, log],
    // A group of its own, so that the functions end with it.
    detached: true,
    env: {
      ...inherited,
      ...SETTINGS,
      ...environment,
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      GATEWAY_PORT: String(port),
      TMPDIR: directory,
    },
  })
  closeSync(log)
  const isRunning = () => child.exitCode === null && child.signalCode === null

  async function stop(): Promise<void> {
    if (!isRunning()) return
    const exited = once(child, 'exit')
    process.kill(-Number(child.pid), 'SIGTERM')
    await Promise.race([exited, setTimeout(STOP_TIMEOUT_MS, undefined, { ref: false })])
    if (isRunning()) process.kill(-Number(child.pid), 'SIGKILL')
  }

  try {
    await untilReady(endpoint, isRunning, logPath)
  } catch (error) {
    await stop()
    throw error
  }
  return { endpoint, stop }
}

const SETTINGS = {
  BIND_HOST: '127.0.0.1',
  LAMBDA_EXECUTOR: 'local',
  SFTP_ENABLED: '0',
  IOT_MTLS_ENABLED: '0',
  PERSIST_STATE: '0',
  S3_PERSIST: '0',
}

async function untilReady(endpoint: string, isRunning: () => boolean, logPath: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (isRunning() && Date.now() < deadline) {
    const health = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined)
    if (health?.ok) return
    await setTimeout(100)
  }
  throw new Error(`the emulator did not start:\n${readFileSync(logPath, 'utf8')}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}
