import { join } from 'node:path'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '..')
const lambdas = join(root, 'lambdas')

/** The folder of a function: one of those in `lambdas`. */
export function handlerFolder(name: string): string {
  return join(lambdas, name)
}

/**
 * Writes `index.js` with the handler of a function and all that it imports, the SDK too, to `directory`; answers the
 * files that went in. CommonJS from the ES modules of the packages: of the forms measured it is the smallest, and the
 * one that starts fastest.
 */
export function bundleHandler(name: string, directory: string): string[] {
  const { metafile } = buildSync({
    entryPoints: [join(handlerFolder(name), 'handler.ts')],
    outfile: join(directory, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(lambdas, 'environment-credentials.ts') },
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: root,
  })
  return Object.keys(metafile.inputs)
}
