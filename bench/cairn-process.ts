import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const COMMAND = join(import.meta.dirname, '../bin/cairn.js')

export interface Cairn {
  url: string
  /** The most memory that the server has had resident so far, in bytes; undefined where the system does not tell. */
  peakMemory(): Promise<number | undefined>
  stop(): Promise<void>
}

/** Starts the server in a process of its own, on an empty directory that goes away with it. */
export async function startCairn(...options: string[]): Promise<Cairn> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-'))
  // As `npm start` does.
  const args = ['--max-semi-space-size=8', COMMAND, 'serve', '--port', '0', '--data', directory, '--log-level', 'warn']
  const server = spawn(process.execPath, [...args, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(server, 'exit')
  const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), exited])
  const url = /http:\S+/.exec(String(line))?.[0]
  if (url === undefined) throw new Error('the server did not start')
  return {
    url,
    peakMemory: () => peakMemory(server.pid),
    async stop() {
      server.kill('SIGTERM')
      await exited
      await rm(directory, { recursive: true })
    },
  }
}

async function peakMemory(pid: number | undefined): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
