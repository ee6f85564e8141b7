import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { synthesize, withoutDigest } from './synthesize.ts'

const { Resources } = synthesize({ ingestPattern: { source: ['shop'] }, ingestStream: 'on', ingestFiles: 'on' })
const alarms = Object.entries(Resources).flatMap(([id, { Type }]) =>
  Type === 'AWS::CloudWatch::Alarm' ? [withoutDigest(id).replace(/^Alarms/, '')] : [],
)

/** The rows of the tables of alarms, each of whose first cells names one alarm or more. */
const rows = ['operating-a-deployment.md', 'ingestion.md'].flatMap((name) => {
  const text = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
  const tables = text.split('| Alarm | What has happened | What to do first |\n|---|---|---|\n').slice(1)
  return tables.flatMap((table) => (table.split('\n\n')[0] ?? '').split('\n'))
})
const documented = rows.map((row) => row.split('|').slice(1, -1))

it('the documents say of every alarm, and of no other, what has happened and what to do', () => {
  const names = documented.flatMap(([first = '']) => [...first.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(names.sort()).toEqual(alarms.sort())
  for (const cells of documented) {
    expect(cells).toHaveLength(3)
    for (const cell of cells) expect(cell.trim().length).toBeGreaterThan(8)
  }
})
