import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleHandler } from '../../lib/bundle.ts'
import { synthesize, withoutDigest } from './synthesize.ts'

/** Of all files of a bundle, those that are loaded later too. */
const MAX_BYTES = 500_000
/** The function of each folder in the stack, the operations that it may carry, and the services that it calls. */
const FUNCTIONS: { [folder: string]: { id: string; operations: string[]; clients: string[] } } = {
  'get-record': { id: 'RuntimeGetRecord', operations: ['get-record'], clients: ['dynamodb'] },
  'batch-get-record': {
    id: 'RuntimeBatchGetRecord',
    operations: ['batch-get-record', 'get-record'],
    clients: ['dynamodb'],
  },
  'list-records': { id: 'RuntimeListRecords', operations: ['list-records'], clients: ['dynamodb'] },
  'put-record': { id: 'RuntimePutRecord', operations: ['put-record'], clients: ['dynamodb', 'firehose', 'sqs'] },
  'batch-write-record': {
    id: 'RuntimeBatchWriteRecord',
    operations: ['batch-write-record', 'put-record'],
    clients: ['dynamodb', 'firehose', 'sqs'],
  },
  'update-record': {
    id: 'RuntimeUpdateRecord',
    operations: ['update-record'],
    clients: ['dynamodb', 'firehose', 'sqs'],
  },
  'delete-record': {
    id: 'RuntimeDeleteRecord',
    operations: ['delete-record'],
    clients: ['dynamodb', 'firehose', 'sqs'],
  },
  'control-plane': {
    id: 'ControlControlPlane',
    operations: [
      'add-tags',
      'create-feature-group',
      'delete-feature-group',
      'delete-tags',
      'describe-feature-group',
      'describe-feature-metadata',
      'list-feature-groups',
      'list-tags',
      'search',
      'update-feature-group',
      'update-feature-metadata',
    ],
    clients: ['dynamodb', 'glue', 'sqs'],
  },
  unrouted: { id: 'Unrouted', operations: [], clients: [] },
  expiry: { id: 'BackgroundExpiry', operations: [], clients: ['dynamodb', 'firehose', 'sqs'] },
  'offline-outbox': { id: 'BackgroundOfflineOutbox', operations: [], clients: ['dynamodb', 'firehose'] },
  'start-delete-session': {
    id: 'DeletesStartDeleteSession',
    operations: [
      'change-delete-session',
      'get-delete-session',
      'preview-delete',
      'resume-delete-session',
      'start-delete-session',
    ],
    clients: ['dynamodb', 'sqs'],
  },
  'start-erasure': {
    id: 'DeletesStartErasure',
    operations: [
      'change-delete-session',
      'get-delete-session',
      'preview-delete',
      'resume-delete-session',
      'start-delete-session',
    ],
    clients: ['dynamodb', 'sqs'],
  },
  'erase-records': {
    id: 'DeletesEraseRecords',
    operations: ['get-record-erasure', 'read-erasure', 'start-record-erasure'],
    clients: ['dynamodb', 'sqs'],
  },
  'read-delete-sessions': {
    id: 'DeletesReadDeleteSessions',
    operations: ['get-delete-session', 'list-delete-sessions'],
    clients: ['dynamodb'],
  },
  'cancel-delete-session': {
    id: 'DeletesCancelDeleteSession',
    operations: ['cancel-delete-session', 'change-delete-session', 'get-delete-session'],
    clients: ['dynamodb'],
  },
  'undo-delete-session': {
    id: 'DeletesUndoDeleteSession',
    operations: ['change-delete-session', 'get-delete-session', 'undo-delete-session'],
    clients: ['dynamodb', 'sqs'],
  },
  'start-restore': { id: 'RestoresStartRestore', operations: ['start-restore'], clients: ['dynamodb', 'sqs'] },
  'get-restore': { id: 'RestoresGetRestore', operations: ['get-restore'], clients: ['dynamodb'] },
  'sweep-sessions': { id: 'SessionsSweep', operations: [], clients: ['dynamodb', 'sqs'] },
  jobs: {
    id: 'BackgroundJobs',
    operations: ['change-delete-session', 'get-delete-session'],
    clients: ['athena', 'dynamodb', 'firehose', 's3', 'sqs'],
  },
  'ingest-files': {
    id: 'IngestFilesIngest',
    operations: ['batch-write-record', 'delete-record', 'put-record', 'update-record'],
    clients: ['dynamodb', 'eventbridge', 'firehose', 's3', 'sqs'],
  },
  'ingest-stream': {
    id: 'IngestionStreamIngest',
    operations: ['batch-write-record', 'delete-record', 'put-record', 'update-record'],
    clients: ['dynamodb', 'firehose', 'sqs'],
  },
  'ingest-queue': {
    id: 'IngestionQueueIngest',
    operations: ['batch-write-record', 'delete-record', 'put-record', 'update-record'],
    clients: ['dynamodb', 'firehose', 'sqs'],
  },
}

const functions = Object.entries(synthesize({ ingestStream: 'on', ingestFiles: 'on' }).Resources).filter(
  ([, { Type }]) => Type === 'AWS::Lambda::Function',
)

/** The names of the variables that the stack gives a function. */
function variablesOf(id: string): string[] {
  const [, found] = functions.find(([logicalId]) => withoutDigest(logicalId) === `${id}Function`) ?? []
  return Object.keys(found?.Properties.Environment.Variables ?? {})
}

const directory = mkdtempSync(join(tmpdir(), 'cairn-bundle-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Loads a bundle as Lambda does, with these variables and the region alone, and then its late files. */
function load(path: string, variables: string[], late: string[] = []) {
  const env = { AWS_REGION: 'us-east-1', ...Object.fromEntries(variables.map((name) => [name, '1'])) }
  const script = `
    process.stdout.write(typeof require(${JSON.stringify(path)}).handler)
    for (const file of ${JSON.stringify(late)}) require(file)`
  return spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' })
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
}

describe('the bundles', () => {
  it('are one for each function of the stack', () => {
    const folders = readdirSync(join(import.meta.dirname, '..', '..', 'lambdas'), { withFileTypes: true })
    expect(folders.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()).toEqual(
      Object.keys(FUNCTIONS).sort(),
    )
    expect(functions).toHaveLength(Object.keys(FUNCTIONS).length)
  })

  it('are the same wherever they are written, so that a function is deployed again only when it has changed', () => {
    const folders = [join(directory, 'here'), join(directory, 'far', 'away', 'from', 'there')]
    const [here, there] = folders.map((folder) => {
      bundleHandler('ingest-files', folder)
      return readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')])
    })
    expect(here).toEqual(there)
  })

  describe.each(Object.entries(FUNCTIONS))('%s', (folder, { id, operations, clients }) => {
    const inputs = bundleHandler(folder, join(directory, folder))
    const path = join(directory, folder, 'index.js')
    const matching = (pattern: RegExp) =>
      [...new Set(inputs.flatMap((input) => pattern.exec(input)?.slice(1) ?? []))].sort()

    it('is small', () => {
      expect(bytesIn(join(directory, folder))).toBeLessThanOrEqual(MAX_BYTES)
    })
    it('carries its own operations and clients, and nothing of the infrastructure', () => {
      expect(matching(/^store\/operations\/(.*)\.ts$/)).toEqual(operations)
      expect(matching(/^node_modules\/@aws-sdk\/client-([^/]*)\//)).toEqual(clients)
      expect(matching(/^(lib\/|local\/|bin\/|node_modules\/aws-cdk-lib\/)/)).toEqual([])
    })
    it('loads with the variables that the stack gives it', () => {
      const { stdout, stderr } = load(path, variablesOf(id))
      expect({ stdout, stderr }).toEqual({ stdout: 'function', stderr: '' })
    })
    it('loads each of its late files', () => {
      const late = readdirSync(join(directory, folder)).map((file) => join(directory, folder, file))
      const { status, stderr } = load(path, variablesOf(id), late)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    })
    if (clients.length === 0) return
    it('says which variables it lacks', () => {
      expect(load(path, []).stderr).toMatch(/environment variables that must be set are not: .*[A-Z]+_[A-Z]+/)
    })
  })
})
