import { readFileSync } from 'node:fs'

const README = new URL('../../README.md', import.meta.url)
const PLACEHOLDER = 'https://abc123.execute-api.us-east-1.amazonaws.com'

/** The lines that README.md has for a client of a deployment, with `endpoint` for the address that stands there. */
export function readmeLines(client: string, endpoint: string): string {
  const readme = readFileSync(README, 'utf8')
  const [, lines] = new RegExp(`<!-- client: ${client} -->\\n\`\`\`\\w+\\n(.*?)\`\`\`\\n`, 's').exec(readme) ?? []
  if (lines === undefined) throw new Error(`README.md has no lines for the client ${client}`)
  return lines.replaceAll(PLACEHOLDER, endpoint)
}
