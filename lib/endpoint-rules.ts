import { createRequire } from 'node:module'

/** The rules by which a client of the SDK finds its endpoint, as a binary decision diagram. */
export interface EndpointRules {
  /** Three numbers each: a condition, and where to go on when it holds, and when it does not. */
  nodes: Int32Array
  root: number
  conditions: unknown[]
  results: unknown[]
}

/** From here on a number stands for a result; 1 and -1 stand for none. Others are nodes, counted from 1. */
const RESULTS = 100_000_000
const isNode = (ref: number) => Math.abs(ref) > 1 && ref < RESULTS

/** Parts of conditions that never hold in a function: its settings and the names it calls with have nothing of it. */
const NEVER = [
  // S3: its accelerated and global endpoints, buckets in directories, on outposts and behind access points.
  '"ref":"Accelerate"',
  '"ref":"UseGlobalEndpoint"',
  '"ref":"UseObjectLambdaEndpoint"',
  '"ref":"UseS3ExpressControlEndpoint"',
  '"aws-global"',
  '"--x-s3"',
  '"--xa-s3"',
  '"--op-s3"',
  '"arn:"',
  // DynamoDB: endpoints of an account, for tables that are named by their ARN or credentials that know it, and of search.
  '"aws.parseArn"',
  '"ref":"AccountId"',
  '"ref":"IsSearchOperation"',
  // EventBridge: its global endpoints.
  '"ref":"EndpointId"',
]

/** The rules of a client without what never holds. They find the same endpoint for all that a function can call with. */
export function prunedRules(rules: EndpointRules): EndpointRules {
  const { nodes, root, conditions } = rules
  const never = conditions.map((condition) => NEVER.some((part) => JSON.stringify(condition).includes(part)))
  const kept = partOf(rules)
  const seen = new Map<number, number>()

  function pruned(ref: number): number {
    const found = seen.get(ref) ?? prunedAnew(ref)
    seen.set(ref, found)
    return found
  }

  function prunedAnew(ref: number): number {
    if (ref >= RESULTS) return kept.result(ref - RESULTS)
    if (!isNode(ref)) return ref
    const [condition = 0, high = 0, low = 0] = nodes.subarray(3 * (Math.abs(ref) - 1))
    // A reference below zero stands for the node with its ways exchanged.
    const [whenTrue, whenFalse] = ref > 0 ? [high, low] : [low, high]
    return never[condition] ? pruned(whenFalse) : kept.node(condition, pruned(whenTrue), pruned(whenFalse))
  }

  return kept.rules(pruned(root))
}

/** Some of these rules, from their ends to their root. */
function partOf({ conditions, results }: EndpointRules) {
  const text = JSON.stringify([conditions, results])
  const nodes = [[-1, 1, -1]]
  const made = new Map<string, number>()
  const usedConditions = new Map<number, number>()
  const usedResults = new Map<number, number>()
  return {
    result: (index: number) => RESULTS + placeIn(usedResults, index),
    node(condition: number, high: number, low: number): number {
      if (high === low && !isRead(conditions[condition], text)) return high
      const key = `${condition} ${high} ${low}`
      const ref = made.get(key) ?? nodes.push([placeIn(usedConditions, condition), high, low])
      made.set(key, ref)
      return ref
    },
    rules: (root: number): EndpointRules => ({
      nodes: Int32Array.from(nodes.flat()),
      root,
      conditions: [...usedConditions.keys()].map((index) => conditions[index]),
      results: [...usedResults.keys()].map((index) => results[index]),
    }),
  }
}

/** True for a condition that names a value which is read afterwards. */
function isRead(condition: unknown, text: string): boolean {
  const [, , name] = condition as [fn: string, args: unknown[], name?: string]
  return name !== undefined && (text.includes(`{"ref":"${name}"}`) || new RegExp(`\\{${name}[#}]`).test(text))
}

/** The place of a number in the order in which they have come. */
function placeIn(found: Map<number, number>, number: number): number {
  const place = found.get(number) ?? found.size
  found.set(number, place)
  return place
}

const require = createRequire(import.meta.url)

/** The text of the module with a client's rules, which is at `path`, with the pruned rules instead. */
export function withPrunedRules(path: string, text: string): string {
  const { bdd } = require(path) as { bdd: EndpointRules }
  const [, name, diagram] = /^var ([\w$]+) = ([\w$]+)\.from\(/m.exec(text) ?? []
  if (name === undefined || diagram === undefined) throw new Error(`${path} does not make rules as it did`)
  const { nodes, root, conditions, results } = prunedRules(prunedRules(bdd))
  const common = propertiesOf(results).map((properties, index) => ({ properties, as: `${name}_${index}` }))
  const short = common.reduce((all, { properties, as }) => all.replaceAll(properties, as), JSON.stringify(results))
  return [
    text.slice(0, text.indexOf('\n')),
    ...common.map(({ properties, as }) => `var ${as} = ${properties};`),
    `var ${name} = ${diagram}.from(new Int32Array([${nodes}]), ${root}, ${JSON.stringify(conditions)}, ${short});\n`,
  ].join('\n')
}

/** The properties of endpoints, each once: most endpoints of a service have the same ones. */
function propertiesOf(results: unknown[]): string[] {
  const properties = (results as [url: unknown, properties: unknown][]).map((result) => result[1])
  const filled = properties.filter((each) => typeof each === 'object' && Object.keys(each ?? {}).length > 0)
  return [...new Set(filled.map((each) => JSON.stringify(each)))]
}
