import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, buildSync, type Metafile, type TransformOptions, transformSync } from 'esbuild'
import { exportsFor, fromIndex, requiringLate } from './late-imports.ts'
import { namesUsed, withoutUnused } from './without-unused.ts'

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

const SMALL = { minifyIdentifiers: true, minifySyntax: true } satisfies BuildOptions

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
  const entryPoints = { index: entry, 'left-out': STAND_IN }
  const options = { absWorkingDir: root, outdir: directory }
  const whole = split(entryPoints, options)
  const needed = modulesNeeded(entryPoints, whole.metafile)
  const apart = split({ ...entryPoints, ...modulesApart(whole.metafile, needed) }, options)
  const usedNames = namesUsed(whole.files)
  const trimmed = withoutUnused(apart.files, { nodeModules: join(root, 'node_modules'), usedNames })
  const files = withoutOrder(trimmed, outputsOf(apart.metafile, needed))
  write(directory, files)
  // Names stay long until what is unused is found by them.
  const small = split({ index: INDEX }, { ...SMALL, absWorkingDir: directory, outdir: directory })
  for (const name of files.keys()) rmSync(join(directory, name))
  write(directory, small.files)
  const early = earlyParts(small.metafile)
  const late = new Map([...small.files].filter(([name]) => name !== INDEX && !early.includes(name)))
  const index = joined(directory, early, late)
  for (const name of early) rmSync(join(directory, name))
  write(directory, new Map([[INDEX, index]]))
  write(directory, new Map([...late].map(([name, text]) => [name, lateFile(text, early)])))
  return Object.keys(whole.metafile.inputs)
}

/** The modules that entry points need without what is imported later. */
function modulesNeeded(entryPoints: EntryPoints, { outputs }: Metafile): Set<string> {
  const entries = new Set(Object.values(entryPoints))
  const all = Object.values(outputs).flatMap(({ entryPoint }) => (entryPoint === undefined ? [] : [entryPoint]))
  const late = all.map((path) => join(root, path)).filter((path) => !entries.has(path))
  const options = { absWorkingDir: root, outdir: root, external: [...SPLIT.external, ...late] }
  return new Set(Object.values(split(entryPoints, options).metafile.outputs).flatMap(modulesIn))
}

/**
 * Entry points that make a file of each module of the early parts that only late files need. The SDK imports much by way
 * of modules that list others, and to esbuild all of those are part of what imports one of them.
 */
function modulesApart(whole: Metafile, needed: Set<string>): EntryPoints {
  const parts = earlyParts(whole)
  const early = Object.entries(whole.outputs).filter(([path]) => parts.includes(basename(path)))
  const modules = early.flatMap(([, output]) => modulesIn(output))
  const apart = modules.filter((path) => !needed.has(path) && whole.inputs[path]?.format === 'esm')
  return Object.fromEntries(apart.map((path) => [path.replace(/[^\w.-]+/g, '_'), join(root, path)]))
}

/** The modules of which anything is in a file. */
function modulesIn({ inputs }: Metafile['outputs'][string]): string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
}

/** The names of the files that any of these modules is in. */
function outputsOf({ outputs }: Metafile, modules: Set<string>): Set<string> {
  const found = Object.entries(outputs).filter(([, output]) => modulesIn(output).some((path) => modules.has(path)))
  return new Set(found.map(([path]) => basename(path)))
}

/** Files, of which those that are needed import no other ones for the order alone that esbuild runs them in. */
function withoutOrder(files: Map<string, string>, needed: Set<string>): Map<string, string> {
  const trim = (text: string) =>
    text.replace(/^import "\.\/([^"]+)";\n/gm, (whole, name) => (needed.has(name) ? whole : ''))
  return new Map([...files].map(([name, text]) => [name, needed.has(name) ? trim(text) : text]))
}

const INDEX = 'index.js'

type EntryPoints = { [name: string]: string }

/** Modules and all that they import, in files that are split where `import()` splits them. */
function split(entryPoints: EntryPoints, options: BuildOptions) {
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

/** The index with these parts in it, and what late files take of them: one file is sooner loaded than many. */
function joined(directory: string, early: string[], late: Map<string, string>): string {
  const { outputFiles } = buildSync({
    ...COMMONJS,
    bundle: true,
    stdin: { contents: `export * from "./${INDEX}"\n${exportsFor([...late.values()], early)}`, resolveDir: directory },
    outfile: join(directory, INDEX),
    allowOverwrite: true,
    external: [...SPLIT.external, ...[...late.keys()].map((name) => join(directory, name))],
    logLevel: 'warning',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** A late file, with what it imports of the early parts from the index. */
function lateFile(text: string, early: string[]): string {
  return requiringLate(transformSync(fromIndex(text, { early, index: INDEX }), COMMONJS).code, INDEX)
}
