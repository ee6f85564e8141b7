import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const COMMAND = join(import.meta.dirname, '../../bin/cairn.ts')
const READY = /^cairn listening on (http:\/\/\S+:(\d+))\n/

/** How a process ended: with a code, or by a signal. */
export interface End {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface ServerProcess {
  /** Resolves with its address when it answers; rejects with what it wrote on stderr when it ends before. */
  ready: Promise<{ url: string; port: number }>
  ended: Promise<End>
  kill(signal: NodeJS.Signals): void
  /** What it has written on stderr so far. */
  stderr(): string
}

/** Starts `cairn serve` on a free port, as a process of its own without a launcher in between. */
export function startServerProcess(dataDirectory: string, ...options: string[]): ServerProcess {
  const args = [COMMAND, 'serve', '--port', '0', '--data', dataDirectory, ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code, signal]): End => ({ code, signal }))
  const ready = addressOf(child, () => stderr)
  ready.catch(() => {})
  return { ready, ended, kill: (signal) => child.kill(signal), stderr: () => stderr }
}

function addressOf(child: ChildProcess, stderr: () => string): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const [, url, port] = READY.exec(stdout) ?? []
      if (url !== undefined) resolve({ url, port: Number(port) })
    })
    child.once('close', (code, signal) => reject(new Error(`the server ended (${code ?? signal}): ${stderr()}`)))
  })
}
