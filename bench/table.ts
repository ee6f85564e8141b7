import type { Row } from './figure.ts'

const COLUMNS = ['what', 'measured', 'bare HTTP', 'bare SQLite', 'of the lower', 'target', 'verdict', 'seen'] as const

/** Prints the rows as a table in Markdown, on stdout. */
export function printTable(rows: Row[]): void {
  const cells = [COLUMNS, ...rows.map(toCells)]
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  process.stdout.write(`${lines.join('\n')}\n`)
}

function toCells({ what, unit, measured, bareHttp, bareSqlite, target, isMet, note = '' }: Row): string[] {
  const floors = [bareHttp, bareSqlite].filter((floor) => floor !== undefined)
  const share = floors.length === 0 ? '' : `${Math.round((100 * measured) / Math.min(...floors))} %`
  return [
    what,
    `${whole(measured)} ${unit}`,
    whole(bareHttp),
    whole(bareSqlite),
    share,
    target,
    isMet ? 'met' : 'missed',
    note,
  ]
}

function whole(value: number | undefined): string {
  return value === undefined ? '' : Math.round(value).toLocaleString('en')
}
