import { join } from 'node:path'
import { type BuildOptions, buildSync } from 'esbuild'

const root = join(import.meta.dirname, '..')
const lambdas = join(root, 'lambdas')

/** The folder of a function: one of those in `lambdas`. */
export function handlerFolder(name: string): string {
  return join(lambdas, name)
}

/**
 * How handlers are bundled, with the SDK: CommonJS from the ES modules of the packages. Of the forms measured it is the
 * smallest, and the one that starts fastest.
 */
export const OPTIONS = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': join(lambdas, 'environment-credentials.ts') },
  logLevel: 'warning',
  absWorkingDir: root,
} satisfies BuildOptions

/** Writes `index.js` with the handler of a function and all that it imports to `directory`; answers what went in. */
export function bundleHandler(name: string, directory: string): string[] {
  const { metafile } = buildSync({
    ...OPTIONS,
    entryPoints: [join(handlerFolder(name), 'handler.ts')],
    outfile: join(directory, 'index.js'),
    metafile: true,
  })
  return Object.keys(metafile.inputs)
}
