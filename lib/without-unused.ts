import { join } from 'node:path'
import { withPrunedRules } from './endpoint-rules.ts'
import { leaveOut } from './left-out.ts'
import { markUnusedSdk, withoutNumber } from './unused-sdk.ts'

/** Where a module begins in what esbuild writes, a comment names it above its code, or the list of what a file exports. */
const PARTS = /^(?=\/\/ [\w@.-]+\/\S+$|export \{)/m
const MODULE = /^\/\/ (?:node_modules\/)?(\S+)\n/
const FOREIGN = /^\/\/ node_modules\/(\S+)\n/
const RULES = /^@aws-sdk\/client-[\w-]+\/dist-es\/endpoint\/bdd\.js$/

export interface Used {
  nodeModules: string
  usedNames: ReadonlySet<string>
}

/** Files that esbuild has written, in which it can tell what is unused of the modules in `nodeModules`. */
export function withoutUnused(files: Map<string, string>, { nodeModules, usedNames }: Used): Map<string, string> {
  const trim = (text: string) => {
    const [, module] = FOREIGN.exec(text) ?? []
    if (module === undefined) return text
    if (RULES.test(module)) return withPrunedRules(join(nodeModules, module), text)
    return leaveOut(module, markUnusedSdk(module, text, usedNames))
  }
  return new Map([...files].map(([name, text]) => [name, pureCommonJs(text.split(PARTS).map(trim).join(''))]))
}

/** The names in modules of our own, and those of exceptions that the SDK itself looks at, to try again. */
export function namesUsed(files: Map<string, string>): Set<string> {
  const text = [...files.values()].join('\n')
  const own = text.split(PARTS).filter((part) => MODULE.test(part) && !FOREIGN.test(part))
  const names = own.flatMap((module) => module.match(/[\w$]+/g) ?? [])
  const retried = text.matchAll(/^var ([\w$]+) = class [^{]*\{\n(?: {2}[^\n]*;\n)*? {2}\$retryable = /gm)
  return new Set([...names, ...[...retried].map(([, name = '']) => name)].map(withoutNumber))
}

/** A module of CommonJS does nothing until it is required, which esbuild only knows of those that it has wrapped itself. */
function pureCommonJs(text: string): string {
  return text.replace(/ = (__commonJS\()/g, ' = /* @__PURE__ */ $1')
}
