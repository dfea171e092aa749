// The endpoints of the official client: method, path and parameters, as it was generated from
// Notion's own description of the API.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

export const TYPES_MODULE = '@notionhq/client/build/src/api-endpoints'

export function officialEndpoints() {
  return Object.entries(require(TYPES_MODULE))
    .filter(([, endpoint]) => typeof endpoint?.path === 'function')
    .map(([name, endpoint]) => {
      const placeholders = Object.fromEntries(endpoint.pathParams.map((p) => [p, `{${p}}`]))
      return {
        method: endpoint.method.toUpperCase(),
        segments: `v1/${endpoint.path(placeholders)}`.split('/'),
        queryParams: endpoint.queryParams,
        bodyParams: [...endpoint.bodyParams, ...(endpoint.formDataParams ?? [])],
        type: `${name[0].toUpperCase()}${name.slice(1)}Parameters`,
      }
    })
}

function match(endpoint, method, segments) {
  if (endpoint.method !== method || endpoint.segments.length !== segments.length) {
    return null
  }
  const parameters = {}
  for (const [i, segment] of endpoint.segments.entries()) {
    const placeholder = /^\{(.*)\}$/.exec(segment)
    if (placeholder) {
      parameters[placeholder[1]] = decodeURIComponent(segments[i])
    } else if (segment !== segments[i]) {
      return null
    }
  }
  return { endpoint, parameters }
}

// The endpoint a request goes to, and its path parameters; null = there is none. Fixed words come
// before placeholders: users/me is not a user.
export function findEndpoint(endpoints, method, path) {
  const segments = path.replace(/^\//, '').split('/')
  const found = endpoints.map((e) => match(e, method, segments)).filter((m) => m !== null)
  const placeholders = (m) => Object.keys(m.parameters).length
  found.sort((a, b) => placeholders(a) - placeholders(b))
  return found[0] ?? null
}
