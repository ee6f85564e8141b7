import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsvHeader } from '../../../store/files/read-csv.ts'
import { inputOf, rowsOf, valuesOf } from './rows-in.ts'

async function read(content: string | Buffer, collections: string[] = []) {
  const rows = await rowsOf(await inputOf('rows.csv', content), collections)
  return rows.map((row) => [row.line, valuesOf(row)])
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

describe('CSV rows', () => {
  it('are their cells, verbatim, without the empty ones', async () => {
    expect(await read('id,price,note\n1,1.10, two \n02,,""\n')).toEqual([
      [2, { id: '1', price: '1.10', note: ' two ' }],
      [3, { id: '02' }],
    ])
  })

  it('may have quotes, commas and line ends in quoted cells, CRLF, empty lines and a byte order mark', async () => {
    expect(await read('\uFEFFid,note\r\n1,"a ""b"", c"\r\n\r\n2,"x\r\ny\nz"\r\n3,Zoë 🚲\r\n4,last')).toEqual([
      [2, { id: '1', note: 'a "b", c' }],
      [4, { id: '2', note: 'x\r\ny\nz' }],
      [7, { id: '3', note: 'Zoë 🚲' }],
      [8, { id: '4', note: 'last' }],
    ])
  })

  it('of another length than the header are refused', async () => {
    expect(await read('a,b\n1\n1,2\n1,2,3\n')).toEqual([
      [2, 'the row has 1 cells and the header 2'],
      [3, { a: '1', b: '2' }],
      [4, 'the row has 3 cells and the header 2'],
    ])
  })

  it('with stray quotes are refused line by line, and the lines after them are read', async () => {
    expect(await read('a,b\n1,"x"y\n2,"ok"\n3,5"\n4,"never closed\n5,ok\n')).toEqual([
      [2, 'a quoted cell goes on after its closing quote'],
      [3, { a: '2', b: 'ok' }],
      [4, 'a quote stands inside a cell that does not begin with one'],
      [5, 'a quoted cell is not closed'],
      [6, { a: '5', b: 'ok' }],
    ])
  })

  it('that are not UTF-8 are refused', async () => {
    expect(await read(Buffer.from('a,b\n1,Zo\xeb\n2,ok\n', 'latin1'))).toEqual([
      [2, 'the row is not UTF-8'],
      [3, { a: '2', b: 'ok' }],
    ])
  })

  it('hold a JSON list in the column of a collection', async () => {
    const content = 'id,tags\n1,"[""a"", 1.10, true]"\n2,[]\n3,\n4,a\n'
    const [first, second, third, fourth] = await read(content, ['tags'])
    expect([first, second, third]).toEqual([
      [2, { id: '1', tags: ['a', '1.10', 'true'] }],
      [3, { id: '2', tags: [] }],
      [4, { id: '3' }],
    ])
    expect(fourth?.[1]).toContain("'tags' is a collection")
  })

  it('are shown in full when they are refused', async () => {
    const rows = await rowsOf(await inputOf('rows.csv', 'a,b\n1,\n1,é\n2,"x"y\n1,"2",3\n'))
    expect(rows.map((row) => JSON.parse(row.json()))).toEqual([
      { a: '1', b: '' },
      { a: '1', b: 'é' },
      '2,"x"y',
      '1,"2",3',
    ])
  })

  it('come back as they were written, whatever is in them', async () => {
    const cell = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"', ',', '\n', '\r\n', 'é', '""'),
    )
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), async (rows, lineEnd) => {
        const text = ['a,b,c', ...rows.map((cells) => cells.map(quoted).join(','))].join(lineEnd)
        const expected = rows.map((cells) =>
          Object.fromEntries(cells.flatMap((value, index) => (value === '' ? [] : [['abc'.charAt(index), value]]))),
        )
        expect((await read(text)).map(([, values]) => values)).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })

  it('are found at the right line and byte in a file of many chunks', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      i % 500 === 7 ? `${i},"x"y` : `${i},"${'é'.repeat(i % 9)}\n"`,
    )
    const content = Buffer.from(`id,note\n${lines.join('\n')}\n`)
    const rows = await rowsOf(await inputOf('rows.csv', content))
    expect(rows.length).toBe(lines.length)
    expect(rows.filter(({ reason }) => reason !== undefined).length).toBe(40)
    let begin = 'id,note\n'.length
    let expectedLine = 2
    for (const [index, { line, end, cells }] of rows.entries()) {
      const text = content.subarray(begin, end).toString()
      expect(text).toBe(`${lines[index]}\n`)
      expect(line).toBe(expectedLine)
      expect(cells?.[0]?.value ?? String(index)).toBe(String(index))
      begin = end
      expectedLine += text.split('\n').length - 1
    }
  })
})

describe('a CSV header', () => {
  it.each([
    ['', 'is empty'],
    ['a,b,a\n1,2,3\n', "'a' is twice"],
    ['a,,b\n1,2,3\n', 'column 2 of rows.csv has no name'],
    ['a,"b"c\n1,2\n', 'is not CSV'],
  ])('of %j stops the reading', async (content, message) => {
    await expect(inputOf('rows.csv', content).then(readCsvHeader)).rejects.toThrow(message)
  })

  it('in UTF-16 is told as such', async () => {
    await expect(inputOf('rows.csv', Buffer.from('\uFEFFa,b\n', 'utf16le'))).rejects.toThrow('UTF-16')
  })
})
