import type { Input } from './request.ts'

/** An input that the service model allows and the store must not: by its group's schema, or by what the store holds. */
export interface ForbiddenInput {
  kind: string
  input: Input
  /** Where it is not 400. */
  status?: number
  code?: string
  names: string[]
}
