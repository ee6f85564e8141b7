import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Resource {
  Type: string
  Properties: { [property: string]: unknown }
}

const REFUSED = ['AWS::Glue::Database', 'AWS::Logs::LogStream', 'AWS::Athena::WorkGroup']

/** What the emulator refuses: these types, and alarms that compute with metrics. */
function isUnsupported({ Type, Properties }: Resource): boolean {
  if (REFUSED.includes(Type)) return true
  return Type === 'AWS::CloudWatch::Alarm' && 'Metrics' in Properties
}

/** Takes what the emulator refuses out of the template of an assembly; where it was referred to, its id stays. */
export function dropUnsupported(assembly: string): void {
  const path = join(assembly, 'Cairn.template.json')
  const template = JSON.parse(readFileSync(path, 'utf8')) as { Resources: { [id: string]: Resource } }
  const kept = Object.entries(template.Resources).filter(([, resource]) => !isUnsupported(resource))
  const ids = new Set(Object.keys(template.Resources))
  for (const [id] of kept) ids.delete(id)
  const Resources = withoutReferences(Object.fromEntries(kept), ids)
  writeFileSync(path, JSON.stringify({ ...template, Resources }))
}

function withoutReferences(value: unknown, dropped: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, dropped))
  if (typeof value !== 'object' || value === null) return value
  const { Ref } = value as { Ref?: string }
  if (Ref !== undefined && dropped.has(Ref)) return Ref
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutReferences(item, dropped)]))
}
