import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, buildSync, type Metafile, type TransformOptions, transformSync } from 'esbuild'
import { withoutUnused } from './without-unused.ts'

const root = join(import.meta.dirname, '..')
const lambdas = join(root, 'lambdas')
/** What `leaveOut` imports, by its name. */
const STAND_IN = join(lambdas, 'left-out.ts')

/** The folder of a function: one of those in `lambdas`. */
export function handlerFolder(name: string): string {
  return join(lambdas, name)
}

/** ES modules, as esbuild splits no others. */
const SPLIT = {
  bundle: true,
  splitting: true,
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
  const whole = split({ index: entry, 'left-out': STAND_IN }, { absWorkingDir: root, outdir: directory })
  // Names stay long until what is unused is found by them.
  const files = withoutUnused(whole.files, join(root, 'node_modules'))
  write(directory, files)
  const options = { absWorkingDir: directory, outdir: directory, minifyIdentifiers: true, minifySyntax: true }
  const small = split({ index: INDEX }, options)
  for (const name of files.keys()) rmSync(join(directory, name))
  write(directory, small.files)
  const early = earlyParts(small.metafile)
  const late = [...small.files.keys()].filter((name) => name !== INDEX && !early.includes(name))
  const index = joined(directory, early, late)
  for (const name of early) rmSync(join(directory, name))
  write(directory, new Map([[INDEX, index]]))
  write(directory, new Map(late.map((name) => [name, fromIndex(small.files.get(name) ?? '', early)])))
  return Object.keys(whole.metafile.inputs)
}

const INDEX = 'index.js'

/** Modules and all that they import, in files that are split where `import()` splits them. */
function split(entryPoints: { [name: string]: string }, options: BuildOptions) {
  const { outputFiles, metafile } = buildSync({ ...SPLIT, ...options, entryPoints, metafile: true, write: false })
  return { files: new Map(outputFiles.map(({ path, text }) => [basename(path), text])), metafile }
}

function write(directory: string, files: Map<string, string>): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of files) writeFileSync(join(directory, name), text)
}

/** A file of its own takes more than that. */
const MIN_PART_BYTES = 500

/**
 * The files that esbuild has split off and the index imports at once, as other ones will import them too, and those that
 * are too small to be files.
 */
function earlyParts({ outputs }: Metafile): string[] {
  const imports = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output.imports]))
  const found = new Set<string>()
  const add = (name: string) => {
    for (const { kind, path } of imports.get(name) ?? []) {
      const part = basename(path)
      if (kind !== 'import-statement' || found.has(part) || !imports.has(part)) continue
      found.add(part)
      add(part)
    }
  }
  add(INDEX)
  for (const [path, { bytes, entryPoint, imports }] of Object.entries(outputs)) {
    const isAlone = imports.every(({ path, external }) => external === true || found.has(basename(path)))
    if (entryPoint === undefined && bytes < MIN_PART_BYTES && isAlone) found.add(basename(path))
  }
  return [...found]
}

/** The index with these parts in it, which it exports by their names: one file is sooner loaded than many. */
function joined(directory: string, early: string[], late: string[]): string {
  const exported = early.map((name) => `export * as "${name}" from "./${name}"`)
  const { outputFiles } = buildSync({
    ...COMMONJS,
    bundle: true,
    stdin: { contents: ['export * from "./index.js"', ...exported].join('\n'), resolveDir: directory },
    outfile: join(directory, INDEX),
    allowOverwrite: true,
    external: [...SPLIT.external, ...late.map((name) => join(directory, name))],
    logLevel: 'warning',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** A late file, with what it imports of the early parts from the index. */
function fromIndex(text: string, early: string[]): string {
  const { code } = transformSync(text, COMMONJS)
  return code.replace(/require\("\.\/([^"]+)"\)/g, (whole, name) =>
    early.includes(name) ? `require("./${INDEX}")["${name}"]` : whole,
  )
}
