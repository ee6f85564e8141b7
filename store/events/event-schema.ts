import { Validator } from '@cfworker/json-schema'
import { validationError } from '../api-error.ts'
import type { TtlDuration } from '../groups/feature-group.ts'
import schema from './event.schema.json' with { type: 'json' }
import { isUsualEvent } from './usual-event.ts'

export type EventOperation = 'Put' | 'Update' | 'SoftDelete' | 'HardDelete'

/** An event as the schema allows it. A feature's number stands for its text, which is read apart. */
export interface EventJson {
  FeatureGroupName: string
  Record: FeatureValueJson[] | { [feature: string]: unknown }
  TtlDuration?: TtlDuration | null
  TargetStores?: string[] | null
  Operation?: EventOperation
}

export interface FeatureValueJson {
  FeatureName: string
  ValueAsString?: string | null
  ValueAsStringList?: string[] | null
}

/** The forms that an event comes in, by the name of their definition in the schema. */
export type EventForm = 'event' | 'cloudEvent' | 'eventBridgeEvent'

const { anyOf: _, ...definitions } = schema
/** Made with the first event that needs them. */
const validators = new Map<EventForm, Validator>()

function validatorOf(form: EventForm): Validator {
  const made = validators.get(form) ?? new Validator({ ...definitions, $ref: `#/$defs/${form}` }, '2020-12')
  validators.set(form, made)
  return made
}

/** Throws ValidationError, which names the place and what is allowed there, unless the schema allows the value. */
export function assertForm(form: EventForm, value: unknown): void {
  if (form === 'event' && isUsualEvent(value)) return
  const { valid, errors } = validatorOf(form).validate(value)
  if (valid) return
  // Each error stands below the ones that it explains: the innermost place says what is wrong.
  const [first] = errors.toSorted((a, b) => depth(b.instanceLocation) - depth(a.instanceLocation))
  const told = errors.findLast((error) => error.instanceLocation === first?.instanceLocation)
  const place = told?.instanceLocation.slice(2).replaceAll('/', '.') ?? ''
  const isWithoutData = errors.some(({ keyword }) => keyword === 'oneOf')
  const reason = isWithoutData ? 'it must have either data or data_base64' : sentence(told?.error)
  throw validationError(`the event is not valid${place === '' ? '' : ` at '${place}'`}: ${reason}`)
}

/** The validator's own words, but for a member that the schema has not. */
function sentence(error: string | undefined): string {
  return error === undefined || error === 'False boolean schema.' ? 'there is no such member' : error.replace(/\.$/, '')
}

function depth(location: string): number {
  return location.split('/').length
}
