// Is every request one the official client could have sent? Each recorded request is written as a
// literal of the official parameter type of its endpoint, and TypeScript judges it strictly, with
// excess property checks.
//
//   node validate.mjs requests.json    the answer of GET /_sim/requests ("-" = stdin)
//
// Prints "seq N METHOD path at <where>: <why>" for each invalid one; exit 1 then, 2 for wrong usage.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { findEndpoint, officialEndpoints, TYPES_MODULE } from './endpoints.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const FILE = join(HERE, 'requests.generated.ts')

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  skipLibCheck: true,
  types: [],
}

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

// Its literal and type, or what is wrong already.
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
  const body = request.body ?? {}
  if (typeof body !== 'object' || Array.isArray(body)) {
    return { wrong: { at: 'body', message: 'not a JSON object' } }
  }
  const misplaced = Object.keys(body).find((key) => !found.endpoint.bodyParams.includes(key))
  if (misplaced !== undefined) {
    return { wrong: { at: `body.${misplaced}`, message: 'no such body parameter' } }
  }
  return {
    type: found.endpoint.type,
    literal: JSON.stringify({ ...found.parameters, ...query, ...body }),
  }
}

function compile(text) {
  const host = ts.createCompilerHost(OPTIONS)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => name === FILE || fileExists.call(host, name)
  host.readFile = (name) => (name === FILE ? text : readFile.call(host, name))
  host.getSourceFile = (name, ...rest) =>
    name === FILE
      ? ts.createSourceFile(name, text, ...rest)
      : getSourceFile.call(host, name, ...rest)
  const program = ts.createProgram([FILE], OPTIONS, host)
  const source = program.getSourceFile(FILE)
  return { source, diagnostics: ts.getPreEmitDiagnostics(program) }
}

// Where in the literal a position lies: "children[0].paragraph".
function placeOf(source, position) {
  const place = []
  const descend = (node) => {
    if (position < node.getStart(source) || position >= node.end) {
      return
    }
    if (ts.isPropertyAssignment(node)) {
      place.push(`.${node.name.text}`)
    } else if (ts.isArrayLiteralExpression(node.parent ?? source)) {
      place.push(`[${node.parent.elements.indexOf(node)}]`)
    }
    ts.forEachChild(node, descend)
  }
  descend(source)
  return place.join('').replace(/^\./, '') || 'request'
}

// The last, most particular sentences of TypeScript's chain.
function sentence(diagnostic) {
  const lines = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n')
  const last = lines.map((line) => line.trim()).slice(-2)
  return last.map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line)).join(' ')
}

// The invalid ones: [{seq, method, path, at, message}], in order. Throws when the types themselves
// can't be compiled.
export function validate(requests) {
  const endpoints = officialEndpoints()
  const invalid = []
  const lines = [`import type * as T from "${TYPES_MODULE}";`]
  const byLine = new Map()
  const seen = new Map()
  for (const request of requests) {
    const { wrong, type, literal } = describe(request, endpoints)
    const note = (w) =>
      invalid.push({ seq: request.seq, method: request.method, path: request.path, ...w })
    if (wrong) {
      note(wrong)
      continue
    }
    const key = `${type} ${literal}`
    const line = seen.get(key) ?? lines.push(`export const r${lines.length}: T.${type} = ${literal};`)
    seen.set(key, line)
    byLine.set(line, [...(byLine.get(line) ?? []), note])
  }
  const { source, diagnostics } = compile(lines.join('\n'))
  for (const diagnostic of diagnostics) {
    const position = diagnostic.start ?? 0
    const line = source.getLineAndCharacterOfPosition(position).line + 1
    const notes = diagnostic.file === source ? byLine.get(line) : undefined
    if (notes === undefined) {
      throw new Error(`the official types can't be used: ${sentence(diagnostic)}`)
    }
    const wrong = { at: placeOf(source, position), message: sentence(diagnostic) }
    notes.forEach((note) => note(wrong))
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
