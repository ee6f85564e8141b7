import type * as v from 'valibot'
import { quote, validationException } from '../api-error.ts'
import { integerOf, objectOf, oneOf, optional } from '../requests/model.ts'

const ThroughputMode = oneOf(['OnDemand', 'Provisioned'])
const capacity = {
  ProvisionedReadCapacityUnits: optional(integerOf(0, 10_000_000)),
  ProvisionedWriteCapacityUnits: optional(integerOf(0, 10_000_000)),
}
export const ThroughputConfig = objectOf({ ThroughputMode, ...capacity })
export const ThroughputConfigUpdate = objectOf({ ThroughputMode: optional(ThroughputMode), ...capacity })

/** What every group has. */
export const ON_DEMAND = { ThroughputMode: 'OnDemand' } as const

/** Throws ValidationException for any throughput but the one on demand. */
export function assertOnDemand(config: v.InferOutput<typeof ThroughputConfigUpdate> | null | undefined): void {
  if (config == null) return
  const { ThroughputMode: mode, ProvisionedReadCapacityUnits: read, ProvisionedWriteCapacityUnits: write } = config
  if (mode === 'OnDemand' && read == null && write == null) return
  throw validationException(
    mode === 'OnDemand'
      ? 'ProvisionedReadCapacityUnits and ProvisionedWriteCapacityUnits are not applicable when ThroughputMode is OnDemand.'
      : `ThroughputMode ${quote(mode ?? null)} is not supported. It must be OnDemand.`,
  )
}
