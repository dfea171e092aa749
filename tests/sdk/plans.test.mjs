// The plans of `notionfs diff` for edited pages of the sample workspace: every call is valid by
// the official types, notion-sim takes it, and afterwards the page reads as the edited text.
// usage: node plans.test.mjs FILTER NOTION-SIM WORKSPACE.json [EDITS A PAGE]
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Simulator, TOKEN } from './simulator.mjs'
import { check, finish, skipAll } from './tap.mjs'

const { validate } = await import('./validate.mjs').catch(() => skipAll('npm ci was not run'))

const [filter, program, workspace, edits = '3'] = process.argv.slice(2)
const simulator = await Simulator.start(program, ['--rate', 'off', '--workspace', workspace])
const folder = mkdtempSync(join(tmpdir(), 'notionfs-plans-'))

// ---- the server, spoken to without the official client: plans are sent as they are

async function call(method, path, body) {
  const answer = await fetch(simulator.url + path, {
    method,
    headers: {
      Authorization: `Bearer ${TOKEN}`,
      'Notion-Version': '2026-03-11',
      'Content-Type': 'application/json',
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const json = await answer.json()
  assert.equal(answer.status, 200, `${method} ${path} ${JSON.stringify(body)}: ${json.message}`)
  return json
}

async function list(id) {
  const blocks = []
  for (let cursor = ''; cursor !== null; ) {
    const answer = await call('GET', `/v1/blocks/${id}/children?page_size=100${cursor}`)
    blocks.push(...answer.results)
    cursor = answer.has_more ? `&start_cursor=${encodeURIComponent(answer.next_cursor)}` : null
  }
  return blocks
}

async function tree(id) {
  const blocks = await list(id)
  for (const block of blocks) {
    if (block.has_children && !block.type.startsWith('child_')) {
      block.children = await tree(block.id)
    }
  }
  return blocks
}

// ---- the filters

function run(args, input) {
  const result = spawnSync(filter, args, { input, encoding: 'utf8', maxBuffer: 1 << 26 })
  assert.ok(result.status === 0 || result.status === 1, `${args[0]}: ${result.stderr}`)
  return result
}

function file(name, text) {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const render = (blocks) => run(['render'], JSON.stringify(blocks)).stdout

// ---- edits

// A small generator, so that a failure comes again.
let state = 20261121
const below = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * limit)
}
const pick = (array) => array[below(array.length)]

const NEW = [
  'A paragraph with **bold**, *italic*, `code` and a [link](https://example.com/a).',
  '## A heading',
  '- one\n- two\n  - below two\n- three',
  '1. first\n2. second',
  '- [ ] to do\n- [x] done',
  '> quoted',
  '```c\nint x = 1;\n```',
  '$$\ne = mc^2\n$$',
  '---',
  '| a | b |\n| --- | --- |\n| 1 | 2 |',
  '![caption](https://example.com/a.png)',
]

// One edit of a page's paragraphs; nothing else is touched, since not all of it may be.
function edit(text) {
  const parts = text.replace(/\n$/, '').split('\n\n')
  const notes = parts.findIndex((part) => part.startsWith('<meeting-notes')) // read-only
  const last = notes < 0 ? parts.length : notes
  const plain = parts
    .slice(0, last)
    .flatMap((part, i) => (/^[A-Za-z][^\n<]*$/.test(part) ? [i] : []))
  const at = plain.length > 0 ? pick(plain) : -1
  switch (at < 0 ? 4 : below(5)) {
    case 0:
      parts[at] = parts[at].replace(/[a-z]{3,}/, 'otherwise')
      break
    case 1:
      parts.splice(at, 1)
      break
    case 2:
      parts.splice(at, 0, parts[at])
      break
    case 3:
      parts.splice(pick(plain), 0, parts.splice(at, 1)[0])
      break
    default:
      parts.splice(below(last + 1), 0, ...Array.from({ length: 1 + below(3) }, () => pick(NEW)))
      if (parts[0] === '---') {
        parts.shift() // on top of a file it would begin the frontmatter
      }
  }
  return `${parts.join('\n\n')}\n`
}

// ---- sending a plan

// Blocks that earlier calls made: "@n.i" is the i-th of call n, "@n.i.j" its j-th child.
function resolver(created) {
  const find = async (reference) => {
    const [number, first, ...rest] = reference.slice(1).split('.').map(Number)
    let id = created[number - 1][first - 1]
    for (const index of rest) {
      id = (await list(id))[index - 1].id
    }
    return id
  }
  return async (text) => {
    let result = text
    for (const reference of new Set(text.match(/@\d+(\.\d+)+/g) ?? [])) {
      result = result.replaceAll(reference, await find(reference))
    }
    return result
  }
}

async function send(plan) {
  const created = []
  const resolve = resolver(created)
  for (const { method, path, body } of plan) {
    const to = await resolve(path)
    const position = body?.position
    if (position?.after_block) {
      position.after_block.id = await resolve(position.after_block.id)
    }
    const answer = await call(method, to, body ?? undefined)
    created.push(answer.object === 'list' ? answer.results.map((block) => block.id) : [])
  }
}

// Labels of mentions are no meaning: the text of others is only shown.
const plain = (text) => text.replace(/<mention ([^>]*[^>/])>[^<]*<\/mention>/g, '<mention $1 />')

// Names the first line that differs.
function same(text, expected) {
  const [has, wants] = [plain(text).split('\n'), plain(expected).split('\n')]
  const line = wants.findIndex((one, i) => one !== has[i])
  assert.ok(
    line < 0 && has.length === wants.length,
    `line ${line + 1} is ${JSON.stringify(has[line])}, expected ${JSON.stringify(wants[line])}`,
  )
}

// ---- the test

const sent = []
let refused = 0
let tried = 0

async function tryEdit(id) {
  const blocks = await tree(id)
  const base = file('base.json', JSON.stringify(blocks))
  const text = edit(render(blocks))
  const edited = file('edited.md', text)
  const planned = run(['diff', '--page', id, base, edited])
  tried += 1
  if (planned.status === 1) {
    assert.match(planned.stderr, /^\S*\d+:\d+: ./m)
    refused += 1
    return
  }
  const plan = planned.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line))
  for (const { method, path, body } of plan) {
    sent.push({ seq: sent.length + 1, method, path, body: structuredClone(body ?? null) })
  }
  await send(plan)
  const parsed = run(['parse', '--base', base, edited])
  assert.equal(parsed.status, 0, parsed.stderr)
  same(render(await tree(id)), render(JSON.parse(parsed.stdout)))
}

const dump = await simulator.control('GET', 'dump')
const pages = dump.pages.filter((page) => !page.in_trash && (dump.blocks[page.id] ?? []).length > 0)

for (const page of pages) {
  const title = Object.values(page.properties).find((property) => property.type === 'title')
  const name = title.title.map((run) => run.plain_text).join('').replace(/[#\\\n]/g, ' ')
  await check(`edits of "${name}" arrive`, async () => {
    for (let i = 0; i < Number(edits); i++) {
      await tryEdit(page.id)
    }
  })
}

await check('few edits were refused', () => assert.ok(refused * 5 <= tried, `${refused} of ${tried}`))

await check('every planned call is valid by the official types', () => {
  assert.ok(sent.length >= pages.length, `${sent.length} calls`)
  assert.deepEqual(validate(sent), [])
})

console.log(`# ${tried} edits of ${pages.length} pages, ${refused} refused, ${sent.length} calls`)
rmSync(folder, { recursive: true })
await simulator.stop()
finish()
