import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Which folders each folder may import from, besides itself. */
const ARROWS: { [folder: string]: string[] } = {
  bin: ['lib', 'local'],
  lib: ['store'],
  lambdas: ['store'],
  local: ['store'],
  store: [],
}

/** What nothing in `store` may know: CDK, Lambda, sockets. */
const FOREIGN_TO_STORE =
  /^(aws-cdk-lib|constructs|cdk-nag|@middy\/|@aws-lambda-powertools\/|node:(http|https|net|tls|http2|dgram)$)/

interface Import {
  file: string
  specifier: string
}

function importsIn(folder: string): Import[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root }).flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    const found = source.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g,
    )
    return [...found].map((match) => ({ file, specifier: match[1] ?? match[2] ?? '' }))
  })
}

function folderOf({ file, specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  return relative(root, normalize(join(root, dirname(file), specifier))).split('/')[0]
}

describe('the layout', () => {
  it('finds the imports that it judges', () => {
    expect(importsIn('store').length).toBeGreaterThan(50)
    expect(importsIn('local').some((found) => folderOf(found) === 'store')).toBe(true)
  })

  for (const [folder, allowed] of Object.entries(ARROWS)) {
    it(`lets ${folder} import from ${[folder, ...allowed].join(', ')} only`, () => {
      const outward = importsIn(folder).filter((found) => {
        const target = folderOf(found)
        return target !== undefined && target !== folder && !allowed.includes(target)
      })
      expect(outward).toEqual([])
    })
  }

  it('keeps CDK, Lambda and sockets out of store', () => {
    expect(importsIn('store').filter(({ specifier }) => FOREIGN_TO_STORE.test(specifier))).toEqual([])
  })

  it('keeps each handler under 40 lines, without a command of an SDK and without a catch of its own', () => {
    const handlers = globSync('lambdas/*/handler.ts', { cwd: root })
    expect(handlers.length).toBeGreaterThan(15)
    for (const file of handlers) {
      const source = readFileSync(join(root, file), 'utf8')
      expect([file, source.split('\n').length < 40]).toEqual([file, true])
      expect([file, source.match(/@aws-sdk|\btry\b|\bcatch\b/)?.[0]]).toEqual([file, undefined])
    }
  })
})
