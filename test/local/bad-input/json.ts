/** JSON as a tree whose leaves may be text that no JavaScript value stands for, such as 1e999. */
export type Tree = null | boolean | number | string | Raw | Tree[] | { [member: string]: Tree }

/** A piece of JSON text that is written as it is. */
export interface Raw {
  [rawText]: string
}

const rawText = Symbol('raw text')

export function raw(text: string): Raw {
  return { [rawText]: text }
}

/** Lists in lists, `depth` of them. */
export function nested(depth: number): Raw {
  return raw('['.repeat(depth) + ']'.repeat(depth))
}

/** The JSON text of a tree. Unlike an object literal it may have a member `__proto__`. */
export function toJson(tree: Tree): string {
  if (typeof tree !== 'object' || tree === null) return JSON.stringify(tree)
  if (Array.isArray(tree)) return `[${tree.map(toJson)}]`
  if (isRaw(tree)) return tree[rawText]
  return `{${Object.entries(tree).map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`)}}`
}

export function isRaw(tree: Tree): tree is Raw {
  return typeof tree === 'object' && tree !== null && rawText in tree
}

export type Path = readonly (string | number)[]

/** The tree with what stands at the path replaced, or removed when there is nothing to put there. */
export function replaceAt(tree: Tree, [key, ...rest]: Path, value: Tree | undefined): Tree {
  if (key === undefined) return value ?? null
  if (Array.isArray(tree)) {
    return tree.flatMap((item, index) => (index === key ? withoutNothing(rest, item, value) : [item]))
  }
  const members = tree as { [member: string]: Tree }
  const copy: { [member: string]: Tree } = { ...members }
  const child = rest.length === 0 ? value : replaceAt(members[key] ?? null, rest, value)
  if (child === undefined) delete copy[key]
  else Object.defineProperty(copy, key, { value: child, enumerable: true, configurable: true, writable: true })
  return copy
}

function withoutNothing(rest: Path, item: Tree, value: Tree | undefined): Tree[] {
  if (rest.length > 0) return [replaceAt(item, rest, value)]
  return value === undefined ? [] : [value]
}
