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
