// Is notion-sim as strict as the official types? Good requests are spoilt in every place: a key
// taken away, a stranger added, null, the wrong kind of value. Each mutant goes to the server and
// to TypeScript, and the two must agree. What types can't say (lengths, ids, URLs, which block may
// stand where) has tests of its own in tests/sim.
//
//   node mutants.test.mjs NOTION_SIM
import assert from 'node:assert/strict'
import { Simulator, TOKEN } from './simulator.mjs'
import { check, finish, skipAll } from './tap.mjs'

const { validate } = await import('./validate.mjs').catch(() => skipAll('npm ci was not run'))

const ID = '38c9ce7b-60a4-81d0-8000-000000000001'
const URL_ = 'https://a.example'
const icon = { type: 'emoji', emoji: '☕' }
const inner = [{ paragraph: { rich_text: [] } }]
const runs = [
  { type: 'text', text: { content: 'a', link: { url: URL_ } }, annotations: { bold: true, color: 'red' } },
  { mention: { user: { id: ID } } },
  { mention: { type: 'date', date: { start: '2026-01-01', end: null, time_zone: null } } },
  { mention: { template_mention: { template_mention_date: 'today' } } },
  { mention: { custom_emoji: { id: ID, name: 'a', url: URL_ } } },
  { mention: { database: { id: ID } } },
  { equation: { expression: 'x' } },
]

const blocks = [
  { paragraph: { rich_text: runs, color: 'blue', icon } },
  { heading_1: { rich_text: [], color: 'default', is_toggleable: true, children: inner } },
  { heading_4: { rich_text: [] } },
  { bulleted_list_item: { rich_text: [], children: inner } },
  { to_do: { rich_text: [], checked: true, color: 'red', children: inner } },
  { toggle: { rich_text: [], children: [{ quote: { rich_text: [], children: inner } }] } },
  { callout: { rich_text: [], icon: { icon: { name: 'bolt', color: 'red' } }, children: inner } },
  { code: { rich_text: [], language: 'c', caption: [] } },
  { equation: { expression: 'x' } },
  { divider: {} },
  { breadcrumb: {} },
  { table_of_contents: { color: 'red' } },
  { bookmark: { url: URL_, caption: [] } },
  { embed: { url: URL_ } },
  { image: { type: 'external', external: { url: URL_ }, caption: [] } },
  { file: { file_upload: { id: ID }, name: 'a' } },
  { pdf: { external: { url: URL_ } } },
  { table: { table_width: 1, has_column_header: true, children: [{ table_row: { cells: [[]] } }] } },
  { column_list: { children: [{ column: { children: inner, width_ratio: 0.5 } }, { column: { children: [] } }] } },
  { synced_block: { synced_from: null, children: inner } },
  { synced_block: { synced_from: { type: 'block_id', block_id: ID } } },
  { tab: { children: [{ paragraph: { rich_text: [], children: inner } }] } },
  { link_to_page: { type: 'page_id', page_id: ID } },
  { template: { rich_text: [], children: inner } },
]

const properties = {
  a: { title: runs.slice(0, 2), type: 'title' },
  b: { rich_text: [] },
  c: { number: 1 },
  d: { select: { name: 'a', color: 'red' } },
  e: { multi_select: [{ id: 'a' }] },
  f: { status: { name: 'a' } },
  g: { date: { start: '2026-01-01', end: null } },
  h: { people: [{ id: ID, object: 'user' }] },
  i: { files: [{ name: 'a', external: { url: URL_ } }, { file_upload: { id: ID } }] },
  j: { checkbox: true },
  k: { url: 'a' },
  l: { email: null },
  m: { relation: [{ id: ID }] },
  n: { place: { lat: 1, lon: 2, name: null } },
  o: { verification: { state: 'verified', date: { start: '2026-01-01' } } },
  p: { phone_number: '1' },
}
const filter = {
  and: [
    { property: 'a', select: { equals: 'a' } },
    { or: [{ timestamp: 'created_time', created_time: { before: '2026-01-01' } }, { property: 'p', formula: { string: { is_empty: true } } }] },
  ],
}

const relations = {
  f: { relation: { data_source_id: ID, type: 'single_property', single_property: {} } },
  g: { relation: { data_source_id: ID, dual_property: { synced_property_name: 'b' } } },
  i: { rollup: { function: 'sum', relation_property_name: 'f', rollup_property_id: 'g' } },
}
const schema = {
  ...relations,
  a: { title: {}, type: 'title', description: null },
  b: { number: { format: 'euro' } },
  c: { select: { options: [{ name: 'a', color: 'red', description: 'b' }] } },
  d: { type: 'status', status: { options: [{ name: 'a' }] } },
  e: { formula: { expression: '1' } },
  h: { unique_id: { prefix: null } },
  j: { button: {} },
}
const uploads = [
  { mode: 'single_part', filename: 'a.png', content_type: 'image/png' },
  { mode: 'multi_part', filename: 'a', number_of_parts: 2 },
  { mode: 'external_url', filename: 'a', external_url: URL_ },
]

// Every spoilt copy of a value.
function* mutants(value) {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      for (const spoilt of [...mutants(value[i]), null, 7]) {
        yield value.map((item, at) => (at === i ? spoilt : item))
      }
    }
  } else if (value !== null && typeof value === 'object') {
    yield { ...value, extra_key: 1 }
    for (const key of Object.keys(value)) {
      const { [key]: gone, ...rest } = value
      yield rest
      for (const spoilt of [...mutants(gone), null, typeof gone === 'string' || gone === null ? 7 : 'a']) {
        yield { ...value, [key]: spoilt }
      }
    }
  }
}

function requests(places) {
  const wanted = [
    ...blocks.map((block) => ['PATCH', `/v1/blocks/${places.page}/children`, {
      children: [{ ...block, type: Object.keys(block)[0], object: 'block' }],
    }]),
    ['PATCH', `/v1/blocks/${places.page}/children`, {
      children: inner, position: { type: 'after_block', after_block: { id: ID } },
    }],
    ['POST', '/v1/pages', {
      parent: { type: 'page_id', page_id: ID }, properties, icon, children: inner,
      cover: { external: { url: URL_ } }, allow_async: true, position: { type: 'page_start' },
      template: { type: 'template_id', template_id: ID },
    }],
    ['PATCH', `/v1/pages/${places.page}`, {
      properties, icon: null, cover: null, in_trash: false, is_archived: false, is_locked: false,
      template: { type: 'default' },
    }],
    ['POST', `/v1/pages/${places.page}/move`, { parent: { type: 'page_id', page_id: ID } }],
    ['POST', `/v1/pages/${places.page}/move`, { parent: { data_source_id: ID } }],
    ['POST', '/v1/databases', {
      parent: { type: 'page_id', page_id: ID }, title: runs.slice(0, 1), description: [],
      is_inline: true, icon, cover: { external: { url: URL_ } },
      initial_data_source: { properties: schema },
    }],
    ['PATCH', `/v1/databases/${places.database}`, {
      parent: { type: 'workspace', workspace: true }, title: [], description: [], icon,
      is_inline: false, is_locked: false, in_trash: false,
    }],
    ['POST', '/v1/data_sources', {
      parent: { type: 'database_id', database_id: ID }, properties: { a: { title: {} } }, title: [],
      icon: null,
    }],
    ['PATCH', `/v1/data_sources/${places.source}`, {
      parent: { database_id: ID }, title: [], icon, in_trash: false, properties: {
        a: null, b: { name: 'x' }, c: { name: 'y', type: 'number', number: { format: 'euro' } },
        d: { select: { options: [{ name: 'a', color: 'red', description: null }, { id: 'b' }] } },
        e: { status: { options: [{ name: 'a', id: 'b' }] }, description: null },
        ...relations,
        h: { checkbox: {}, name: 'z' },
      },
    }],
    ['POST', '/v1/comments', {
      parent: { type: 'page_id', page_id: ID }, rich_text: runs.slice(0, 1),
      display_name: { type: 'custom', custom: { name: 'a' } },
      attachments: [{ type: 'file_upload', file_upload_id: ID }],
    }],
    ['POST', '/v1/comments', { discussion_id: ID, markdown: 'a', display_name: { type: 'user' } }],
    ...uploads.map((upload) => ['POST', '/v1/file_uploads', upload]),
    ['POST', `/v1/data_sources/${places.source}/query`, {
      filter, page_size: 5, start_cursor: null, result_type: 'page',
      sorts: [{ property: 'a', direction: 'ascending' }, { timestamp: 'created_time', direction: 'descending' }],
    }],
    ['POST', '/v1/search', {
      query: 'a', filter: { property: 'object', value: 'page' }, page_size: 3,
      sort: { timestamp: 'last_edited_time', direction: 'ascending' },
    }],
  ]
  const all = new Map()
  for (const [method, path, body] of wanted) {
    for (const spoilt of [body, ...mutants(body)]) {
      all.set(`${path} ${JSON.stringify(spoilt)}`, { method, path, body: spoilt })
    }
  }
  return [...all.values()].map((request, seq) => ({ ...request, seq }))
}

// An internal connection must name a parent; the types don't know whose token it is.
const NO_PARENT = 'body failed validation: body.parent should be defined, instead was `undefined`.'

const simulator = await Simulator.start(process.argv[2], [
  '--rate', 'off', '--generate', 'pages=1,rows=1,blocks=1,seed=1',
])
const send = async ({ method, path, body }) => {
  const answer = await fetch(simulator.url + path, {
    method,
    headers: { Authorization: `Bearer ${TOKEN}`, 'Notion-Version': '2026-03-11', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return answer.json()
}

try {
  const dump = await simulator.control('GET', 'dump')
  const all = requests({ page: dump.roots[0], source: dump.data_sources[0].id, database: dump.databases[0].id })
  const untyped = new Set(validate(all).map((invalid) => invalid.seq))
  const tooKind = []
  const tooStrict = []
  for (const request of all) {
    const answer = await send(request)
    const refused =
      answer.message !== NO_PARENT && (answer.message?.startsWith('body failed validation') ?? false)
    const line = `${request.method} ${request.path} ${JSON.stringify(request.body)}`
    if (untyped.has(request.seq) && answer.status !== 400) {
      tooKind.push(line)
    } else if (refused && !untyped.has(request.seq)) {
      tooStrict.push(`${line}\n  ${answer.message}`)
    }
  }
  await check(`the mutants are many: ${all.length}, ${untyped.size} of them wrong`, () => {
    assert.ok(untyped.size > 1000 && all.length - untyped.size > 100)
  })
  await check('the server refuses what the official types refuse', () => {
    assert.deepEqual(tooKind, [])
  })
  await check('the server refuses nothing that the official types take', () => {
    assert.deepEqual(tooStrict, [])
  })
} finally {
  await simulator.stop()
}
finish()
