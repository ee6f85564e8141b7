import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from 'aws-cdk-lib'
import type { Template as Assertions } from 'aws-cdk-lib/assertions'
import { cairnApp } from '../../lib/cairn-app.ts'

/** What CDK has written: of any shape, the tests say of which. */
type Written = ReturnType<Assertions['findResources']>[string][string]

export interface Resource {
  Type: string
  Properties: Written
  DeletionPolicy?: string
}

export interface Template {
  Resources: { [logicalId: string]: Resource }
  Outputs: { [name: string]: { Value: unknown } }
}

/**
 * The template of the app's one stack with these settings, after `change`; its handlers are not bundled. Throws what
 * the synthesis throws: findings of cdk-nag too.
 */
export function synthesize(settings: { [setting: string]: unknown } = {}, change?: (app: App) => void): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'cairn-synth-'))
  try {
    const own = Object.entries(settings).map(([name, value]) => [`cairn:${name}`, value])
    const app = cairnApp({ outdir, context: { ...Object.fromEntries(own), 'aws:cdk:bundling-stacks': [] } })
    change?.(app)
    const [stack] = app.synth().stacks
    if (stack === undefined) throw new Error('the app has no stack')
    return stack.template as Template
  } finally {
    rmSync(outdir, { recursive: true })
  }
}

/** A value of a template as text: `<Ref>`, `<Resource.Attribute>`; without the digests that CDK ends its ids with. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as { [name: string]: string & [string, string] }
  if (Ref !== undefined) return `<${withoutDigest(Ref)}>`
  if (attribute !== undefined) return `<${withoutDigest(attribute[0])}.${attribute[1]}>`
  const [separator, parts] = join as unknown as [string, unknown[]]
  return parts.map(textOf).join(separator)
}

export function withoutDigest(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '')
}
