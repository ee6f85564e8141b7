import { createRequire } from 'node:module'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { awsEndpointFunctions } from '@aws-sdk/core/client'
import { customEndpointFunctions, decideEndpoint } from '@smithy/core/endpoints'
import { describe, expect, it } from 'vitest'
import { type EndpointRules, prunedRules, withPrunedRules } from '../../lib/endpoint-rules.ts'

customEndpointFunctions['aws'] = awsEndpointFunctions

const require = createRequire(import.meta.url)
const modules = join(import.meta.dirname, '..', '..', 'node_modules', '@aws-sdk')

const pathOf = (service: string) => join(modules, `client-${service}`, 'dist-es', 'endpoint', 'bdd.js')

function rulesOf(service: string): EndpointRules {
  return require(pathOf(service)).bdd
}

/** The rules that a bundle has. */
function writtenRules(service: string): EndpointRules {
  const text = withPrunedRules(
    pathOf(service),
    '// bdd.js\nvar rules = Diagram.from(nodes, root, conditions, results);\n',
  )
  const parts = ['nodes', 'root', 'conditions', 'results']
  const Diagram = { from: (...all: unknown[]) => Object.fromEntries(parts.map((part, index) => [part, all[index]])) }
  return runInNewContext(`${text}rules`, { Diagram })
}

/** Where these rules lead, or why nowhere. */
function outcome(rules: EndpointRules, endpointParams: object): unknown {
  try {
    const { url, properties, headers } = decideEndpoint(rules as never, { endpointParams } as never)
    return { url: url.toString(), properties, headers }
  } catch (error) {
    return (error as Error).message
  }
}

const REGIONS = [
  undefined,
  'us-east-1',
  'eu-central-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'cn-north-1',
  'mars',
  'no_label',
]
const ENDPOINTS = [undefined, 'http://127.0.0.1:4566', 'http://s3.localhost', 'https://vpce-1.s3.example.com/x']
const NAMES = [
  {},
  { Bucket: 'files' },
  { Bucket: 'stack-filesbucket-1a2b3c4d5e6f' },
  { Bucket: 'with.dots' },
  { Bucket: 'Upper_Case' },
  { ResourceArn: 'table', AccountIdEndpointMode: 'preferred' },
  { ResourceArnList: ['table'], AccountIdEndpointMode: 'required' },
]
const FLAGS = [false, true]

/** All that a function can be set to and call with, and more. */
const PARAMS = REGIONS.flatMap((Region) =>
  ENDPOINTS.flatMap((Endpoint) =>
    FLAGS.flatMap((UseFIPS) =>
      FLAGS.flatMap((UseDualStack) =>
        FLAGS.flatMap((ForcePathStyle) =>
          NAMES.map((names) => ({ ...names, Region, Endpoint, UseFIPS, UseDualStack, ForcePathStyle })),
        ),
      ),
    ),
  ),
)

describe.each(['athena', 'dynamodb', 'eventbridge', 'firehose', 'glue', 's3', 'sqs'])('the rules of %s', (service) => {
  const rules = rulesOf(service)

  it('lead where they did before they were pruned', () => {
    const pruned = prunedRules(rules)
    for (const params of PARAMS) expect(outcome(pruned, params), JSON.stringify(params)).toEqual(outcome(rules, params))
  })
  it('lead there too as they are written', () => {
    const written = writtenRules(service)
    expect(written.nodes.length).toBeLessThanOrEqual(prunedRules(rules).nodes.length)
    for (const params of PARAMS) expect(outcome(written, params)).toEqual(outcome(rules, params))
  })
})

it('are an eighth of what they were for S3', () => {
  expect(writtenRules('s3').nodes.length).toBeLessThan(rulesOf('s3').nodes.length / 8)
})
