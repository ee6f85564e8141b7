import type { DeliveredRow } from '../aws/unloading-athena.ts'

export interface Warehouse {
  /** Where the emulator is. */
  emulator: string
  bucket: string
}

/** The rows of every history that Firehose has delivered to the bucket so far. */
export async function deliveredRows({ emulator, bucket }: Warehouse): Promise<DeliveredRow[]> {
  const place = `${emulator}/${bucket}`
  const rows: DeliveredRow[] = []
  for (let after = ''; ; ) {
    const page = await read(`${place}?list-type=2&prefix=rows/&start-after=${encodeURIComponent(after)}`)
    const keys = [...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? '')
    if (keys.length === 0) return rows
    for (const key of keys) rows.push(...jsonLines(await read(`${place}/${key}`)))
    after = keys.at(-1) ?? ''
  }
}

async function read(url: string): Promise<string> {
  const response = await fetch(url)
  const text = await response.text()
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${text}`)
  return text
}

function jsonLines(text: string): DeliveredRow[] {
  return text
    .replaceAll('}{', '}\n{')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
