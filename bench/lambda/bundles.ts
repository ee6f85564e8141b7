import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { bundleHandler, OPTIONS } from '../../lib/bundle.ts'
import { VARIABLES } from './variables.ts'

const RUNS = 31

export interface BundleRow {
  name: string
  bytes: number
  /** The median time that a fresh process takes to import it. */
  importMs: number
}

/** The size and the import time of each handler, after those of a bare one with only the DynamoDB client. */
export function measureBundles(): BundleRow[] {
  const directory = mkdtempSync(join(tmpdir(), 'cairn-bench-'))
  try {
    const bundles = [bundleBare(directory), ...functionNames().map((name) => bundle(name, directory))]
    const times = new Map(bundles.map(({ path }) => [path, [] as number[]]))
    // In turns, so that what else the machine does falls on all of them.
    for (let run = 0; run < RUNS; run++) for (const { path } of bundles) times.get(path)?.push(importMs(path))
    return bundles.map(({ name, path }) => ({
      name,
      bytes: statSync(path).size,
      importMs: median(times.get(path) ?? []),
    }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function functionNames(): string[] {
  const lambdas = join(import.meta.dirname, '..', '..', 'lambdas')
  return readdirSync(lambdas, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}

function bundle(name: string, directory: string) {
  const folder = join(directory, name)
  mkdirSync(folder)
  bundleHandler(name, folder)
  return { name, path: join(folder, 'index.js') }
}

/** In the very manner of the others, without the SDK's chain of credential providers. */
function bundleBare(directory: string) {
  const path = join(directory, 'bare.js')
  buildSync({ ...OPTIONS, entryPoints: [join(import.meta.dirname, 'bare-handler.ts')], outfile: path })
  return { name: 'bare', path }
}

function importMs(path: string): number {
  const script = `const start = performance.now(); require('${path}'); console.log(performance.now() - start)`
  const env = { ...VARIABLES, AWS_REGION: 'us-east-1' }
  return Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }))
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
