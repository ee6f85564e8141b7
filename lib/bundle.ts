import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, buildSync, type TransformOptions, transformSync } from 'esbuild'
import { markUnusedSdk } from './unused-sdk.ts'

const root = join(import.meta.dirname, '..')
const lambdas = join(root, 'lambdas')

/** The folder of a function: one of those in `lambdas`. */
export function handlerFolder(name: string): string {
  return join(lambdas, name)
}

/** ES modules, as esbuild splits no others. */
const SPLIT = {
  bundle: true,
  splitting: true,
  // White space is left to the second pass, which has to find the modules in between.
  minifyIdentifiers: true,
  minifySyntax: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  chunkNames: '[name]-[hash]',
  // The SDK tells browsers apart by it, in browsers alone: nothing asks for it here.
  external: ['bowser'],
  alias: {
    '@aws-sdk/credential-provider-node': join(lambdas, 'environment-credentials.ts'),
    '@smithy/core/event-streams': join(lambdas, 'no-event-streams.ts'),
  },
  logLevel: 'warning',
  absWorkingDir: root,
} satisfies BuildOptions

/** CommonJS, which Node loads faster, `import()` included. */
const COMMONJS = {
  minify: true,
  treeShaking: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  supported: { 'dynamic-import': false },
} satisfies TransformOptions

/** Writes the handler of a function to `directory`, as `bundle` does; answers what went in. */
export function bundleHandler(name: string, directory: string): string[] {
  return bundle(join(handlerFolder(name), 'handler.ts'), directory)
}

/**
 * Writes `index.js` with a module and all that it imports, the SDK too, to `directory`; answers what went in. What is
 * imported by `import()` alone is in files beside it, which are loaded when it is called for. Each module is in one
 * file only, so that an error or a logger is the same to all of them.
 */
export function bundle(entry: string, directory: string): string[] {
  const { outputFiles, metafile } = buildSync({
    ...SPLIT,
    entryPoints: { index: entry },
    outdir: directory,
    metafile: true,
    write: false,
  })
  mkdirSync(directory, { recursive: true })
  for (const { path, text } of outputFiles) writeFileSync(path, transformSync(markUnusedSdk(text), COMMONJS).code)
  return Object.keys(metafile.inputs)
}
