import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

const TIMEOUT_MS = 240_000
export const ACCOUNT = '000000000000'
export const REGION = 'us-east-1'

export interface CdkOptions {
  /** Where the emulator is. */
  endpoint: string
  /** Takes the place of the home directory, where the CDK remembers accounts. */
  home: string
}

/** Runs the CDK's command against the emulator; answers what it has said. Throws when it fails or takes too long. */
export async function cdk({ endpoint, home }: CdkOptions, ...args: string[]): Promise<string> {
  const command = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk')
  const { stdout, stderr } = await run(process.execPath, [command, ...args], {
    cwd: root,
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: '1',
      NO_COLOR: '1',
    },
  })
  return stdout + stderr
}
