const IMPORTS = /^import (?:\{([^}]*)\} from )?"\.\/([^"]+)";\n/gm

/**
 * What late files import of the early parts, as an export of the index that has these parts in it: a function, as what
 * it makes takes a while and many functions never load a late file.
 */
export function exportsFor(lateTexts: string[], early: string[]): string {
  const taken = lateTexts
    .flatMap((text) => [...text.matchAll(IMPORTS)])
    .filter(([, , part = '']) => early.includes(part))
    .flatMap(([, list, part = '']) =>
      namesIn(list).map(([name]) => ({ name, part, as: nameInIndex(name, part, early) })),
    )
  const names = new Map(taken.map((each) => [each.as, each]))
  if (names.size === 0) return ''
  const imports = [...names.values()].map(({ name, part, as }) => `import { ${name} as ${as} } from "./${part}"`)
  const getters = [...names.keys()].map((as) => `get ${as}() { return ${as} }`)
  return `${imports.join('\n')}\nexport const $late = () => ({ ${getters.join(', ')} })`
}

export interface Index {
  index: string
  early: string[]
}

/** The text of a late file that imports what it takes of the early parts from the index. */
export function fromIndex(text: string, { index, early }: Index): string {
  return text.replace(IMPORTS, (whole, list: string | undefined, part: string) => {
    if (!early.includes(part)) return whole
    const names = namesIn(list).map(([name, as]) => `${nameInIndex(name, part, early)} as ${as}`)
    return names.length === 0 ? '' : `import { ${names.join(', ')} } from "./${index}";\n`
  })
}

/** A late file in CommonJS that takes them where `exportsFor` has put them. */
export function requiringLate(code: string, index: string): string {
  return code.replaceAll(`require("./${index}")`, (required) => `${required}.$late()`)
}

/** The names in a list of imports, each with that which stands for it. */
function namesIn(list = ''): [name: string, as: string][] {
  const names = list.split(',').filter((each) => each.trim() !== '')
  return names.map((each) => {
    const [name = '', as = name] = each.trim().split(' as ')
    return [name, as]
  })
}

/** Parts have the same short names. */
function nameInIndex(name: string, part: string, early: string[]): string {
  return `$${early.indexOf(part)}_${name}`
}
