/** How a member of the input travels in the query string. */
export interface QueryMember {
  key: string
  isList: boolean
}

export interface Route {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** `{FeatureGroupName}` stands for a name or an ARN. */
  path: string
  query: { [member: string]: QueryMember }
  hasBody: boolean
}

const one = (key: string): QueryMember => ({ key, isList: false })
const many = (key: string): QueryMember => ({ key, isList: true })

/** The HTTP bindings of the runtime API, from the service model (`api.md` section 1.1). Pure data: CDK reads it too. */
export const ROUTES = {
  PutRecord: { method: 'PUT', path: '/FeatureGroup/{FeatureGroupName}', query: {}, hasBody: true },
  GetRecord: {
    method: 'GET',
    path: '/FeatureGroup/{FeatureGroupName}',
    query: {
      RecordIdentifierValueAsString: one('RecordIdentifierValueAsString'),
      FeatureNames: many('FeatureName'),
      ExpirationTimeResponse: one('ExpirationTimeResponse'),
    },
    hasBody: false,
  },
  DeleteRecord: {
    method: 'DELETE',
    path: '/FeatureGroup/{FeatureGroupName}',
    query: {
      RecordIdentifierValueAsString: one('RecordIdentifierValueAsString'),
      EventTime: one('EventTime'),
      TargetStores: many('TargetStores'),
      DeletionMode: one('DeletionMode'),
    },
    hasBody: false,
  },
  BatchGetRecord: { method: 'POST', path: '/BatchGetRecord', query: {}, hasBody: true },
  BatchWriteRecord: { method: 'POST', path: '/BatchWriteRecord', query: {}, hasBody: true },
  ListRecords: { method: 'POST', path: '/FeatureGroup/{FeatureGroupName}/ListRecords', query: {}, hasBody: true },
  UpdateRecord: { method: 'POST', path: '/FeatureGroup/{FeatureGroupName}/Record', query: {}, hasBody: true },
} as const satisfies { [operation: string]: Route }

export type RuntimeOperation = keyof typeof ROUTES
