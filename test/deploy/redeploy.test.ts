import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { synthesizeAssembly } from './assembly.ts'
import { cdk } from './cdk.ts'
import { deployment } from './emulated-aws.ts'

it('a second deployment, synthesized anew, changes nothing', async () => {
  const options = { endpoint: deployment.emulator, home: deployment.home }
  const assembly = await mkdtemp(join(tmpdir(), 'cairn-redeploy-'))
  try {
    await synthesizeAssembly(options, assembly)
    const said = await cdk(options, 'deploy', '--app', assembly, '--require-approval', 'never')
    expect(said).toContain('Cairn (cairn) (no changes)')
  } finally {
    await rm(assembly, { recursive: true })
  }
})
