// Is every request one the official client could have sent? Each recorded request is written as a
// literal of the official parameter type of its endpoint, and TypeScript judges it strictly, with
// excess property checks.
//
//   node validate.mjs requests.json    the answer of GET /_sim/requests ("-" = stdin)
//
// Prints "seq N METHOD path at <where>: <why>" for each invalid one; exit 1 then, 2 for wrong usage.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { findEndpoint, officialEndpoints } from './endpoints.mjs'
import { judgeLiterals } from './literals.mjs'

// Query strings have no types; the official client's numbers and lists do.
function queryParameters(query) {
  const parameters = {}
  for (const [key, value] of new URLSearchParams(query ?? '')) {
    const name = key.replace(/\[\]$/, '')
    if (name === 'filter_properties') {
      parameters[name] = [...(parameters[name] ?? []), value]
    } else {
      parameters[name] = name === 'page_size' ? Number(value) : value
    }
  }
  return parameters
}

// The log has no bytes of a file that was sent, but its length and type.
function withData(body) {
  const { content_length, content_type: _, ...file } = body.file ?? {}
  return content_length === undefined ? body : { ...body, file: { ...file, data: '' } }
}

// Its value and type, or what is wrong already.
function describe(request, endpoints) {
  const found = findEndpoint(endpoints, request.method, request.path)
  if (found === null) {
    return { wrong: { at: 'path', message: 'the official client has no such endpoint' } }
  }
  const query = queryParameters(request.query)
  const stranger = Object.keys(query).find((key) => !found.endpoint.queryParams.includes(key))
  if (stranger !== undefined) {
    return { wrong: { at: `query.${stranger}`, message: 'no such query parameter' } }
  }
  const body = withData(request.body ?? {})
  if (typeof body !== 'object' || Array.isArray(body)) {
    return { wrong: { at: 'body', message: 'not a JSON object' } }
  }
  const misplaced = Object.keys(body).find((key) => !found.endpoint.bodyParams.includes(key))
  if (misplaced !== undefined) {
    return { wrong: { at: misplaced, message: 'no such body parameter' } }
  }
  const mixture = mixtures(body)[0]
  if (mixture !== undefined) {
    return { wrong: mixture }
  }
  return {
    type: found.endpoint.type,
    value: { ...found.parameters, ...query, ...body },
  }
}

// TypeScript lets a literal mix the members of a union: a paragraph that is a heading as well. So
// each block, and each run of rich text, is looked at for a second kind.
const BESIDE = {
  children: ['type', 'object', 'children', 'in_trash'],
  rich_text: ['type', 'annotations', 'plain_text', 'href'],
}
BESIDE.caption = BESIDE.rich_text

function mixtures(value, at = '', key = '') {
  if (typeof value !== 'object' || value === null) {
    return []
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => mixtures(item, `${at}[${i}]`, key))
  }
  const kinds = BESIDE[key] ? Object.keys(value).filter((name) => !BESIDE[key].includes(name)) : []
  const wrong =
    kinds.length > 1
      ? `it is ${kinds.join(' and ')} at once`
      : kinds.length === 1 && value.type !== undefined && value.type !== kinds[0]
        ? `its type is ${value.type}, but it has ${kinds[0]}`
        : null
  const below = Object.entries(value).flatMap(([name, v]) =>
    mixtures(v, at === '' ? name : `${at}.${name}`, name),
  )
  return wrong === null ? below : [{ at, message: wrong }, ...below]
}

// The invalid ones: [{seq, method, path, at, message}], in order.
export function validate(requests) {
  const endpoints = officialEndpoints()
  const invalid = []
  const note = ({ seq, method, path }, { at, message }) =>
    invalid.push({ seq, method, path, at: at || 'request', message })
  const judged = []
  for (const request of requests) {
    const { wrong, type, value } = describe(request, endpoints)
    if (wrong) {
      note(request, wrong)
    } else {
      judged.push({ request, type, value })
    }
  }
  for (const { index, ...wrong } of judgeLiterals(judged)) {
    note(judged[index].request, wrong)
  }
  return invalid.sort((a, b) => a.seq - b.seq)
}

function main(file) {
  let requests
  try {
    requests = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    console.error(`validate: ${file}: ${error.message}`)
    return 2
  }
  if (!Array.isArray(requests)) {
    console.error(`validate: ${file}: not an array of requests`)
    return 2
  }
  const invalid = validate(requests)
  for (const { seq, method, path, at, message } of invalid) {
    console.log(`seq ${seq} ${method} ${path} at ${at}: ${message}`)
  }
  console.log(`${requests.length} requests, ${new Set(invalid.map((i) => i.seq)).size} invalid`)
  return invalid.length === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.length !== 3) {
    console.error('usage: node validate.mjs requests.json')
    process.exitCode = 2
  } else {
    process.exitCode = main(process.argv[2])
  }
}
