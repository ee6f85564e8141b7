import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, bundleHandler } from '../../lib/bundle.ts'
import { VARIABLES } from './variables.ts'

const RUNS = 41

export interface BundleRow {
  name: string
  /** Of all its files, those that are loaded later too. */
  bytes: number
  /** The median time that a fresh process takes to import it. */
  importMs: number
}

/** The size and the import time of each handler, after those of a bare one with only the DynamoDB client. */
export function measureBundles(): BundleRow[] {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  try {
    const bundles = [bundleBare(directory), ...functionNames().map((name) => bundleFunction(name, directory))]
    const times = new Map(bundles.map(({ folder }) => [folder, [] as number[]]))
    // In turns, so that what else the machine does falls on all of them.
    for (let run = 0; run < RUNS; run++) for (const { folder } of bundles) times.get(folder)?.push(importMs(folder))
    return bundles.map(({ name, folder }) => ({
      name,
      bytes: bytesIn(folder),
      importMs: median(times.get(folder) ?? []),
    }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function functionNames(): string[] {
  const lambdas = join(import.meta.dirname, '..', '..', 'lambdas')
  return readdirSync(lambdas, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}

function bundleFunction(name: string, directory: string) {
  const folder = join(directory, name)
  bundleHandler(name, folder)
  return { name, folder }
}

/** In the very manner of the others, without the SDK's chain of credential providers. */
function bundleBare(directory: string) {
  const folder = join(directory, 'bare')
  bundle(join(import.meta.dirname, 'bare-handler.ts'), folder)
  return { name: 'bare', folder }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
}

function importMs(folder: string): number {
  const path = join(folder, 'index.js')
  const script = `const start = performance.now(); require('${path}'); console.log(performance.now() - start)`
  const env = { ...VARIABLES, AWS_REGION: 'us-east-1' }
  return Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }))
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
