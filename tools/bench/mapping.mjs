// Our mapping and two well-known converters on the same blocks, in one run.
// usage: node mapping.mjs BENCH_MAPPING NOTIONFS: a table, and the figures as JSON
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { server } from './server.mjs'

const require = createRequire(import.meta.url)
const { NotionToMarkdown } = require('notion-to-md')
const { markdownToBlocks } = require('@tryfabric/martian')

const ROUNDS = 5
const SECONDS = 0.5

const folder = mkdtempSync(join(tmpdir(), 'notionfs-bench-'))
const page = new URL('page.md', import.meta.url).pathname
const run = spawnSync(process.argv[2], [page, folder], { encoding: 'utf8' })
if (run.status !== 0) {
  throw new Error(`${process.argv[2]}: ${run.stderr}`)
}
const ours = JSON.parse(run.stdout)
const ONE = [new URL('one-page.mjs', import.meta.url).pathname]

// ---- the others

// Processor seconds so far: the machine may have other things to do.
function now() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

// Seconds of one run, the best of several rounds.
async function measure(work) {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    let runs = 0
    const start = now()
    let spent = 0
    do {
      await work()
      runs += 1
      spent = now() - start
    } while (spent < SECONDS)
    best = Math.min(best, spent / runs)
  }
  return best
}

async function renderSeconds(blocks) {
  const { top, client } = server(blocks)
  const converter = new NotionToMarkdown({ notionClient: client })
  return measure(async () => {
    const { parent } = converter.toMarkdownString(await converter.blocksToMarkdown(top))
    if (!parent.includes('What is where')) {
      throw new Error('notion-to-md rendered nothing')
    }
  })
}

// One page, one process: what a script or an editor's command waits for.
function processSeconds(command, args) {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint()
    const { status, stdout } = spawnSync(command, args)
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9)
    if (status !== 0 || stdout.length === 0) {
      throw new Error(`${command} ${args.join(' ')} printed nothing`)
    }
  }
  return best
}

async function parseSeconds(text) {
  const options = { notionLimits: { truncate: false } }
  return measure(() => {
    if (markdownToBlocks(text, options).length < 20) {
      throw new Error('martian parsed nothing')
    }
  })
}

// ---- the comparison

const round = (number, digits) => Number(number.toPrecision(digits))

const pages = []
for (const { copies, bytes, blocks, ...seconds } of ours.pages) {
  const text = readFileSync(join(folder, `text-${copies}`), 'utf8')
  const json = JSON.parse(readFileSync(join(folder, `blocks-${copies}`), 'utf8'))
  const speed = (secs) => round(bytes / secs / 1e6, 3)
  const theirRender = await renderSeconds(json)
  const theirParse = await parseSeconds(text)
  pages.push({
    bytes,
    blocks,
    render: { mb_per_sec: speed(seconds.render_secs), notion_to_md_mb_per_sec: speed(theirRender),
      ratio: round(theirRender / seconds.render_secs, 3) },
    parse: { mb_per_sec: speed(seconds.parse_secs), martian_mb_per_sec: speed(theirParse),
      ratio: round(theirParse / seconds.parse_secs, 3) },
    copy: { mb_per_sec: speed(seconds.copy_secs) },
    json_to_text: { mb_per_sec: speed(seconds.json_to_text_secs) },
    text_to_json: { mb_per_sec: speed(seconds.text_to_json_secs) },
  })
}
const [text, blocks] = [join(folder, 'text-1'), join(folder, 'blocks-1')]
const [theirRender, theirParse] = ['render', 'parse'].map((what) =>
  processSeconds(process.execPath, [...ONE, what, what === 'render' ? blocks : text]),
)
const [ourRender, ourParse] = ['render', 'parse'].map((what) =>
  processSeconds(process.argv[3], [what, what === 'render' ? blocks : text]),
)
const fresh = (mine, other) => ({
  ms: round(mine * 1e3, 2),
  their_ms: round(other * 1e3, 2),
  ratio: round(other / mine, 3),
})
rmSync(folder, { recursive: true })

const diff = (result) => ({ ...result, secs: undefined, ms: round(result.secs * 1e3, 3) })
const figures = {
  pages,
  render_process: fresh(ourRender, theirRender),
  parse_process: fresh(ourParse, theirParse),
  diff_scattered: diff(ours.diff_scattered),
  diff_different: diff(ours.diff_different),
}

const rows = pages.flatMap((one) => [
  [`render, ${one.bytes} bytes`, `${one.render.mb_per_sec} MB/s`,
    `notion-to-md ${one.render.notion_to_md_mb_per_sec} MB/s`, `${one.render.ratio} times`],
  [`parse, ${one.bytes} bytes`, `${one.parse.mb_per_sec} MB/s`,
    `martian ${one.parse.martian_mb_per_sec} MB/s`, `${one.parse.ratio} times`],
  ['  its words copied', `${one.copy.mb_per_sec} MB/s`, '', ''],
  ['  JSON to text', `${one.json_to_text.mb_per_sec} MB/s`, '', ''],
  ['  text to JSON', `${one.text_to_json.mb_per_sec} MB/s`, '', ''],
])
for (const [name, other, { ms, their_ms, ratio }] of [
  ['render, a process a page', 'notion-to-md', figures.render_process],
  ['parse, a process a page', 'martian', figures.parse_process],
]) {
  rows.push([name, `${ms} ms`, `${other} ${their_ms} ms`, `${ratio} times`])
}
for (const [name, { blocks, calls, ms }] of [
  ['diff, 100 scattered edits', figures.diff_scattered],
  ['diff, two other lists', figures.diff_different],
]) {
  rows.push([name, `${ms} ms`, `${blocks} blocks`, `${calls} calls`])
}
for (const row of rows) {
  console.log(`| ${row.map((cell, i) => cell.padEnd([27, 11, 24, 11][i])).join(' | ')} |`)
}
console.log(JSON.stringify(figures))
