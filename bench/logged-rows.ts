import type { FeatureGroup } from '../store/groups/feature-group.ts'
import type { LoggedRow } from '../store/offline/sqlite-log.ts'
import { parseEventTime } from '../store/records/event-time.ts'
import { identifierOf, recordJson } from './records.ts'

/** The row that the log has of the record of that number; it is a version of the record `identifierNumber`. */
export function loggedRow(
  { groupId }: Pick<FeatureGroup, 'groupId'>,
  number: number,
  identifierNumber = number,
): LoggedRow {
  const identifier = identifierOf(identifierNumber)
  const features = recordJson(number).replace(identifierOf(number), identifier)
  const eventTimeText = /"event_time","ValueAsString":"([^"]+)"/.exec(features)?.[1] ?? ''
  const eventTime = parseEventTime(eventTimeText, 'String')
  const now = Date.now()
  const times = { eventTime, eventTimeText, writeTime: now, apiInvocationTime: now }
  return { sequence: number + 1, groupId, identifier, isDeleted: false, features, ...times }
}
