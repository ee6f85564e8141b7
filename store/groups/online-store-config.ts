import * as v from 'valibot'
import { quote, validationException } from '../api-error.ts'
import { DefaultTtlDuration, objectOf, optional, StorageType, stringOf } from '../requests/model.ts'
import type { FeatureGroup, TtlDuration, TtlUnit } from './feature-group.ts'

export const OnlineStoreConfig = objectOf({
  SecurityConfig: optional(objectOf({ KmsKeyId: optional(stringOf(0, 2_048)) })),
  EnableOnlineStore: optional(v.boolean()),
  TtlDuration: optional(DefaultTtlDuration),
  StorageType: optional(StorageType),
})

type Input = v.InferOutput<typeof OnlineStoreConfig>

/** The online store that a new group asks for; undefined when it asks for none. Throws ValidationException. */
export function resolveOnlineStore(config: Input | null | undefined): FeatureGroup['OnlineStoreConfig'] {
  assertNoKmsKey('OnlineStoreConfig.SecurityConfig.KmsKeyId', config?.SecurityConfig?.KmsKeyId)
  const ttl = config?.TtlDuration == null ? undefined : resolveTtl(config.TtlDuration)
  if (config?.EnableOnlineStore === true) {
    const storage = { StorageType: config.StorageType ?? 'Standard' } as const
    return ttl === undefined ? storage : { ...storage, TtlDuration: ttl }
  }
  if (ttl !== undefined) {
    throw validationException('TtlDuration is not permitted for a feature group whose OnlineStore is disabled.')
  }
  return undefined
}

/** The default time to live, or undefined for none: without Unit and Value. Throws ValidationException for one alone. */
export function resolveTtl({
  Unit,
  Value,
}: {
  Unit?: TtlUnit | null | undefined
  Value?: number | null | undefined
}): TtlDuration | undefined {
  if (Unit != null && Value != null) return { Unit, Value }
  if (Unit == null && Value == null) return undefined
  throw validationException(
    `TtlDuration has the Unit ${quote(Unit ?? null)} and the Value ${quote(Value ?? null)}. It must have both, or neither.`,
  )
}

/** Encryption at rest is that of the whole deployment. Throws ValidationException for a key of the group's own. */
export function assertNoKmsKey(member: string, keyId: string | null | undefined): void {
  if (keyId == null || keyId === '') return
  throw validationException(
    `${member} ${quote(keyId)} is not supported. A feature group cannot have a key of its own: leave the member out.`,
  )
}
