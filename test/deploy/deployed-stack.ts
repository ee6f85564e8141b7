import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startGlue } from '../aws/glue-endpoint.ts'
import { synthesizeAssembly } from './assembly.ts'
import { startAthenaGate } from './athena-gate.ts'
import { ACCOUNT, type CdkOptions, cdk, REGION } from './cdk.ts'
import { startEmulator } from './emulator.ts'
import { startFirehoseGate } from './firehose-gate.ts'
import { installPythonEnvironment } from './python-environment.ts'

export interface Deployment {
  emulator: string
  firehoseGate: string
  /** The home directory of the CDK's command. */
  home: string
  outputs: { [name: string]: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the conformance suite finds the feature store. */
    endpoint: string
    deployment: Deployment
  }
}

const DATABASE = 'cairn_offline'

/** Deploys the app to an emulator of its own, and provides where it is. Returns what to do when the tests are through. */
export default async function deployStack(project: TestProject): Promise<() => Promise<void>> {
  installPythonEnvironment()
  const directory = mkdtempSync(join(tmpdir(), 'cairn-deploy-'))
  const glue = await startGlue(DATABASE, { now: Date.now })
  const gate = await startFirehoseGate()
  const athena = await startAthenaGate(glue)
  const environment = {
    AWS_ENDPOINT_URL_GLUE: glue.endpoint,
    AWS_ENDPOINT_URL_FIREHOSE: gate.endpoint,
    AWS_ENDPOINT_URL_ATHENA: athena.endpoint,
  }
  const emulator = await startEmulator({ directory, environment })
  gate.leadTo(emulator.endpoint)
  async function tearDown(): Promise<void> {
    await emulator.stop()
    await Promise.all([glue.close(), gate.close(), athena.close()])
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const { outputs, home } = await deploy(emulator.endpoint, directory)
    athena.leadTo({ emulator: emulator.endpoint, bucket: outputs['WarehouseBucket'] ?? '' })
    project.provide('endpoint', `${emulator.endpoint}/_aws/execute-api/${outputs['ApiId']}/$default`)
    const where = { emulator: emulator.endpoint, firehoseGate: gate.endpoint, home, outputs }
    project.provide('deployment', where)
    return tearDown
  } catch (error) {
    await tearDown()
    throw error
  }
}

async function deploy(endpoint: string, directory: string) {
  const home = join(directory, 'home')
  const assembly = join(directory, 'assembly')
  const outputsFile = join(directory, 'outputs.json')
  const options: CdkOptions = { endpoint, home }
  await synthesizeAssembly(options, assembly)
  await cdk(options, 'bootstrap', `aws://${ACCOUNT}/${REGION}`)
  await cdk(options, 'deploy', '--app', assembly, '--require-approval', 'never', '--outputs-file', outputsFile)
  const { cairn: outputs } = JSON.parse(readFileSync(outputsFile, 'utf8')) as { cairn: Deployment['outputs'] }
  return { outputs, home }
}
