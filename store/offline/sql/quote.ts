/** A name of a table or a column as SQL has it, whatever characters are in it. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL has it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A time, in milliseconds since the epoch, as SQL has it: without a zone, in UTC. */
export function sqlTimestamp(milliseconds: number): string {
  return `TIMESTAMP '${new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '')}'`
}

/** A time, in microseconds since the epoch and between the years 0000 and 9999, as SQL has it: without a zone, in UTC. */
export function sqlMicroseconds(microseconds: bigint): string {
  const rest = ((microseconds % 1000n) + 1000n) % 1000n
  const text = new Date(Number((microseconds - rest) / 1000n)).toISOString().slice(0, -1).replace('T', ' ')
  return `TIMESTAMP '${text}${String(rest).padStart(3, '0')}'`
}
