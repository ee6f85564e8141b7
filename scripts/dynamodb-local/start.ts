import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Starts DynamoDB Local on a free port of the loopback address. `libraries` is the folder that it was fetched to. */
export async function startDynamodbLocal(libraries: string) {
  const source = join(import.meta.dirname, 'DynamodbLocal.java')
  const java = spawn('java', [`-Djava.library.path=${libraries}`, '-cp', join(libraries, '*'), source], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
  })
  const errors: string[] = []
  java.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const ended = once(java, 'exit')
  const lines = createInterface({ input: java.stdout })
  const [port] = await Promise.race([
    once(lines, 'line'),
    ended.then(() => {
      throw new Error(`DynamoDB Local, which needs a JDK of version 17 or newer, did not start:\n${errors.join('')}`)
    }),
  ])
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop(): Promise<void> {
      java.kill()
      await ended
    },
  }
}
