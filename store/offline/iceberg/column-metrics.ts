import type { RowGroup } from 'hyparquet'
import type { IcebergField, IcebergPrimitive } from './schema.ts'
import { type ColumnValue, isLess, lowerBound, serializeValue, upperBound } from './single-value.ts'

/** What a manifest says about the columns of a data file, by field id. */
export interface ColumnMetrics {
  valueCounts: Map<number, number>
  nullCounts: Map<number, number>
  lowerBounds: Map<number, Buffer>
  upperBounds: Map<number, Buffer>
}

/**
 * The metrics by which readers leave files out, from what the writer of the file has found; none for lists, whose
 * elements Iceberg does not prune by. The row groups have the columns of `fields`, in their order.
 */
export function columnMetrics(fields: IcebergField[], rowGroups: RowGroup[]): ColumnMetrics {
  const metrics: ColumnMetrics = {
    valueCounts: new Map(),
    nullCounts: new Map(),
    lowerBounds: new Map(),
    upperBounds: new Map(),
  }
  for (const [position, { id, type }] of fields.entries()) {
    if (typeof type !== 'string') continue
    const chunks = rowGroups.map((group) => group.columns[position]?.meta_data)
    metrics.valueCounts.set(id, sum(chunks.map((chunk) => chunk?.num_values)))
    metrics.nullCounts.set(id, sum(chunks.map((chunk) => chunk?.statistics?.null_count)))
    const lowest = least(chunks.map((chunk) => toValue(chunk?.statistics?.min_value)))
    const highest = greatest(chunks.map((chunk) => toValue(chunk?.statistics?.max_value)))
    addBounds(metrics, { id, type }, { lowest, highest })
  }
  return metrics
}

function addBounds(
  metrics: ColumnMetrics,
  { id, type }: { id: number; type: IcebergPrimitive },
  { lowest, highest }: { lowest: ColumnValue | undefined; highest: ColumnValue | undefined },
): void {
  if (lowest === undefined || highest === undefined) return
  metrics.lowerBounds.set(id, serializeValue(type, lowerBound(lowest)))
  const upper = upperBound(highest)
  if (upper !== undefined) metrics.upperBounds.set(id, serializeValue(type, upper))
}

function sum(counts: (bigint | undefined)[]): number {
  return counts.reduce((total, count) => total + Number(count ?? 0n), 0)
}

function least(values: (ColumnValue | undefined)[]): ColumnValue | undefined {
  return values.reduce((a, b) => (a === undefined || (b !== undefined && isLess(b, a)) ? b : a))
}

function greatest(values: (ColumnValue | undefined)[]): ColumnValue | undefined {
  return values.reduce((a, b) => (a === undefined || (b !== undefined && isLess(a, b)) ? b : a))
}

/** The writer has a bound as it was given the value: text as such, or as its bytes. */
function toValue(bound: unknown): ColumnValue | undefined {
  return bound instanceof Uint8Array ? Buffer.from(bound).toString() : (bound as ColumnValue | undefined)
}
