const SCHEMAS = /^@aws-sdk\/client-[\w-]+\/dist-es\/schemas\//
const PACKAGE = /^@aws-sdk\/client-[\w-]+\/package\.json$/

/**
 * A module of the SDK's clients of which esbuild can tell what is unused, and leave it out: about half of the client of
 * S3. A client only reads the version of its package, names members of its schemas by constants, of which esbuild has to
 * assume that reading them does something, and lists all exceptions of its service. Those that are not in `usedNames`
 * are thrown as the service's common exception, by their names all the same.
 */
export function markUnusedSdk(module: string, text: string, usedNames: ReadonlySet<string>): string {
  if (SCHEMAS.test(module)) return withPlainNames(withUsedErrors(text, usedNames))
  if (PACKAGE.test(module)) return text.replace(/= \{.*?(\bversion: "[^"]*").*\};/s, '= { $1 };')
  return text
}

function withPlainNames(text: string): string {
  const constants = new Map<string, string>()
  for (const [, name = '', value = ''] of text.matchAll(/([\w$]+) = ("[^"\\]*")[,;]/g)) constants.set(name, value)
  return text.replace(/\[([\w$]+)\]:/g, (whole, name) => (constants.has(name) ? `${constants.get(name)}:` : whole))
}

/** A name without the number that esbuild gives it when there is another one. */
export function withoutNumber(name: string): string {
  return name.replace(/\d+$/, '')
}

function withUsedErrors(text: string, usedNames: ReadonlySet<string>): string {
  return text.replace(/^n\d+_registry\d*\.registerError\([\w$]+, ([\w$]+)\);\n/gm, (whole, name: string) =>
    usedNames.has(withoutNumber(name)) ? whole : '',
  )
}
