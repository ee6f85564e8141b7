/** How the paths of the API look to a gateway that decodes them before it routes them: an ARN has a slash. */

const NAME = '{FeatureGroupName}'
const ARN = '{ArnPrefix}/{FeatureGroupName}'
const VARIABLE = /\{(\w+)\}/g

/** The paths that such a gateway has to know for a path of the table of routes: for names, and for ARNs. */
export function gatewayPaths(path: string): string[] {
  return path.includes(NAME) ? [path, path.replace(NAME, ARN)] : [path]
}

/** What was matched: a path of `gatewayPaths`, and what stood in the places of its variables. */
export interface GatewayMatch {
  path: string
  variables: { [name: string]: string | undefined }
}

/** The path as it was sent, encoded, without what such a gateway did to it. */
export function sentPath({ path, variables }: GatewayMatch): string {
  const { ArnPrefix, FeatureGroupName = '' } = variables
  const name = ArnPrefix === undefined ? FeatureGroupName : `${ArnPrefix}/${FeatureGroupName}`
  return path.replace(ARN, NAME).replace(VARIABLE, (place: string, variable: string) => {
    return place === NAME ? encodeName(name) : encodeURIComponent(variables[variable] ?? '')
  })
}

/**
 * A name as it stands in a path. Other gateways leave the colons and the slash of an ARN encoded. Nothing else is
 * decoded a second time: what IAM has allowed for one path must not reach the group of another one.
 */
function encodeName(name: string): string {
  return encodeURIComponent(name.replace(/%3A/gi, ':').replace(/%2F/gi, '/'))
}
