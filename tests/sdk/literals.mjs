// Values judged by the official types: each is written as a literal and assigned to a type of
// @notionhq/client, and TypeScript looks, strictly and with excess property checks.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { TYPES_MODULE } from './endpoints.mjs'

// Exists in memory only; the folder is where the package is found from.
const FILE = join(dirname(fileURLToPath(import.meta.url)), 'literals.generated.ts')

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  skipLibCheck: true,
  types: [],
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

// Where in the literal a position lies: "children[0].paragraph"; "" = all of it.
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
  return place.join('').replace(/^\./, '')
}

// The last, most particular sentences of TypeScript's chain.
function sentence(diagnostic) {
  const lines = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n')
  const last = lines.map((line) => line.trim()).slice(-2)
  return last.map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line)).join(' ')
}

// [{type: name of an exported type, value}] → what is wrong: [{index, at, message}]. Throws when
// the types themselves can't be compiled.
export function judgeLiterals(literals) {
  const lines = [`import type * as T from "${TYPES_MODULE}";`]
  const indexes = new Map() // line → of all literals that stand there
  const known = new Map()
  for (const [index, { type, value }] of literals.entries()) {
    const literal = JSON.stringify(value)
    const key = `${type} ${literal}`
    const line =
      known.get(key) ?? lines.push(`export const v${lines.length}: T.${type} = ${literal};`)
    known.set(key, line)
    indexes.set(line, [...(indexes.get(line) ?? []), index])
  }
  const { source, diagnostics } = compile(lines.join('\n'))
  return diagnostics.flatMap((diagnostic) => {
    const position = diagnostic.start ?? 0
    const line = source.getLineAndCharacterOfPosition(position).line + 1
    const here = diagnostic.file === source ? indexes.get(line) : undefined
    if (here === undefined) {
      throw new Error(`the official types can't be used: ${sentence(diagnostic)}`)
    }
    const wrong = { at: placeOf(source, position), message: sentence(diagnostic) }
    return here.map((index) => ({ index, ...wrong }))
  })
}
