const IMPORTS = /^import (?:\{([^}]*)\} from )?"\.\/([^"]+)";\n/gm

/** What late files import of the early parts, as exports of the index that has these parts in it. */
export function exportsFor(lateTexts: string[], early: string[]): string {
  const imports = lateTexts.flatMap((text) => [...text.matchAll(IMPORTS)])
  const exports = imports
    .filter(([, , part = '']) => early.includes(part))
    .flatMap(([, list, part = '']) =>
      namesIn(list).map(([name]) => `export { ${name} as ${exported(name, early.indexOf(part))} } from "./${part}"`),
    )
  return [...new Set(exports)].join('\n')
}

export interface Index {
  index: string
  early: string[]
}

/** The text of a late file, with what it imports of the early parts from the index, as `exportsFor` names it. */
export function fromIndex(text: string, { index, early }: Index): string {
  return text.replace(IMPORTS, (whole, list: string | undefined, part: string) => {
    if (!early.includes(part)) return whole
    const names = namesIn(list).map(([name, as]) => `${exported(name, early.indexOf(part))} as ${as}`)
    return `import { ${names.join(', ')} } from "./${index}";\n`
  })
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
function exported(name: string, part: number): string {
  return `$${part}_${name}`
}
