/** Where a module of the SDK's clients begins in what esbuild writes: a comment names the module above its code. */
const MODULES = /^(?=\/\/ [\w@.]+\/\S+$)/m
const SCHEMAS = /^\/\/ node_modules\/@aws-sdk\/client-[\w-]+\/dist-es\/schemas\//
const PACKAGE = /^\/\/ node_modules\/@aws-sdk\/client-[\w-]+\/package\.json$/m

/**
 * A bundle in which esbuild can tell what of the SDK's clients is unused, and leave it out: about half of the
 * client of S3. A client only reads the version of its package, and names members of its schemas by constants, of which
 * esbuild has to assume that reading them does something.
 */
export function markUnusedSdk(text: string): string {
  return text.split(MODULES).map(markUnused).join('')
}

function markUnused(module: string): string {
  if (SCHEMAS.test(module)) return withPlainNames(module)
  if (PACKAGE.test(module)) return module.replace(/= \{.*?(\bversion: "[^"]*").*\};/s, '= { $1 };')
  return module
}

function withPlainNames(module: string): string {
  const constants = new Map<string, string>()
  for (const [, name = '', text = ''] of module.matchAll(/([\w$]+) = ("[^"\\]*")[,;]/g)) constants.set(name, text)
  return module.replace(/\[([\w$]+)\]:/g, (whole, name) => (constants.has(name) ? `${constants.get(name)}:` : whole))
}
