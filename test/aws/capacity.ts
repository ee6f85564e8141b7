import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What some work has asked of DynamoDB. */
export interface Consumed {
  /** The names of the operations, in the order in which they were answered. */
  operations: string[]
  /** What each consumed; undefined where DynamoDB does not tell, as for a condition that failed. */
  units: (number | undefined)[]
}

/** Makes the client ask what each of its requests consumes; gives a way to learn it. */
export function measureCapacity(client: DynamoDBClient): (work: () => unknown) => Promise<Consumed> {
  let consumed: Consumed = { operations: [], units: [] }
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const report = (units: number | undefined) => {
        consumed.operations.push(String(context.commandName).replace('Command', ''))
        consumed.units.push(units)
      }
      try {
        const result = await next({
          ...args,
          input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as typeof args.input,
        })
        report(unitsOf(result.output))
        return result
      } catch (error) {
        report(undefined)
        throw error
      }
    },
    { step: 'initialize' },
  )
  return async (work) => {
    consumed = { operations: [], units: [] }
    await work()
    return consumed
  }
}

interface Capacity {
  CapacityUnits?: number
}

function unitsOf(output: object): number | undefined {
  const { ConsumedCapacity: told } = output as { ConsumedCapacity?: Capacity | Capacity[] }
  return Array.isArray(told) ? told[0]?.CapacityUnits : told?.CapacityUnits
}
