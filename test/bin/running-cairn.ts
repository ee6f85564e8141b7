import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { temporaryDirectory } from './temporary-directory.ts'

const command = join(import.meta.dirname, '..', '..', 'bin', 'cairn.js')

export interface Finished {
  status: number | null
  stdout: string
  stderr: string
}

/** `cairn serve` on a free port with a data directory of its own. */
export async function startServer(options: string[] = []) {
  const data = temporaryDirectory()
  const child = spawn(
    process.execPath,
    [command, 'serve', '--port', '0', '--data', data, '--log-level', 'warn', ...options],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const endpoint = /^cairn listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1]
  if (endpoint === undefined) throw new Error(`the server said: ${line}`)
  return {
    endpoint,
    data,
    async stop(): Promise<number | null> {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const [status] = (await exited) as [number | null]
      return status
    },
  }
}

interface RunOptions {
  endpoint?: string
  cwd?: string
  stdin?: string | Buffer
  env?: { [name: string]: string }
}

/** Starts a command of cairn. */
export function startCairn(args: string[], { endpoint, cwd, env }: RunOptions = {}) {
  const child = spawn(process.execPath, [command, ...args], {
    cwd,
    env: { ...process.env, ...env, ...(endpoint !== undefined && { CAIRN_ENDPOINT: endpoint }) },
  })
  return { child, finished: finish(child) }
}

/** Runs a command of cairn to its end. */
export async function cairn(args: string[], options: RunOptions = {}): Promise<Finished> {
  const { child, finished } = startCairn(args, options)
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.stdin ?? '')
  return finished
}

async function finish(child: ChildProcess): Promise<Finished> {
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...output }
}
