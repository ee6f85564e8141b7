import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { s3Client } from '../../lambdas/s3-client.ts'
import { bundle } from '../../lib/bundle.ts'
import type { s3Extracts } from '../../store/offline/extracts-s3.ts'
import { startS3 } from '../aws/s3-endpoint.ts'

interface Bundled {
  s3Client: typeof s3Client
  s3Extracts: typeof s3Extracts
}

const root = join(import.meta.dirname, '..', '..')
const EXPORTS = { s3Client: 'lambdas/s3-client.ts', s3Extracts: 'store/offline/extracts-s3.ts' }

const directory = mkdtempSync(join(tmpdir(), 'cairn-unused-'))
const path = join(directory, 'index.js')
let s3: Awaited<ReturnType<typeof startS3>>
beforeAll(async () => {
  const entry = join(directory, 'entry.ts')
  const lines = Object.entries(EXPORTS).map(([name, file]) => `export { ${name} } from '${join(root, file)}'`)
  writeFileSync(entry, lines.join('\n'))
  bundle(entry, directory)
  s3 = await startS3('warehouse')
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await s3.close()
  rmSync(directory, { recursive: true })
})

it('leaves out what no command of a bundle uses, and all of a package but its version', () => {
  const text = readFileSync(path, 'utf8')
  expect(text).toContain('ListObjectsV2Request')
  expect(text).toContain('DeleteObjectsRequest')
  expect(text).not.toContain('PutBucketLifecycleConfiguration')
  expect(text).not.toContain('devDependencies')
})

it('leaves in all that the commands send and read', async () => {
  const bundled: Bundled = createRequire(import.meta.url)(path)
  const extracts = bundled.s3Extracts(bundled.s3Client(), 'warehouse')
  const names = ['extracts/a', 'extracts/b', 'extracts/c', 'other']
  for (const name of names) s3.objects.set(name, Buffer.from(`of ${name}`))
  const files = await extracts.list('extracts/')
  expect(files.map(({ name }) => name)).toEqual(names.slice(0, 3))
  const bytes = await (await files[1]?.open())?.slice(3, 13)
  expect(Buffer.from(bytes ?? new ArrayBuffer(0)).toString()).toBe('extracts/b')
  await extracts.remove('extracts/')
  expect([...s3.objects.keys()]).toEqual(['other'])
})
