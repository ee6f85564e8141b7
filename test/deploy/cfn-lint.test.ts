import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { synthesize } from '../lib/synthesize.ts'
import { pythonProgram } from './python-environment.ts'

const run = promisify(execFile)

/** CDK says a second time that a function depends on its role. */
const IGNORED = 'W3005'

it.each([
  {},
  { removalPolicy: 'destroy', alarmEmail: 'team@example.com' },
  { network: 'vpc-endpoints' },
  { offlineDestination: 's3' },
  { ingestPattern: { 'detail-type': ['Feature event'] }, ingestStream: 'on', ingestFiles: 'on' },
])('cfn-lint finds nothing in the template with the settings %j', async (settings) => {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-lint-'))
  try {
    const path = join(directory, 'template.json')
    await writeFile(path, JSON.stringify(synthesize(settings)))
    const { stdout } = await run(pythonProgram('cfn-lint'), ['--ignore-checks', IGNORED, '--', path])
    expect(stdout).toBe('')
  } finally {
    await rm(directory, { recursive: true })
  }
})
