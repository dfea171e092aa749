// The independent check that notion-sim speaks Notion: the official client drives every endpoint
// it implements. usage: node drive.mjs NOTION-SIM [WORKSPACE.json]
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { check, finish, skipAll } from './tap.mjs'
import { Simulator, TOKEN } from './simulator.mjs'

const {
  APIErrorCode,
  Client,
  collectPaginatedAPI,
  isFullBlock,
  isFullDatabase,
  isFullDataSource,
  isFullPage,
  isFullUser,
  isNotionClientError,
  iteratePaginatedAPI,
} = await import('@notionhq/client').catch(() => skipAll('npm ci was not run'))
const { findEndpoint } = await import('./endpoints.mjs')
const { judgeAnswers, objectsIn } = await import('./answers.mjs')
const { validate } = await import('./validate.mjs')

const [program, workspace] = process.argv.slice(2)
const PAID = fileURLToPath(new URL('paid.json', import.meta.url))
const NOW = '2026-11-21T09:00:00Z'
const NOW_STAMP = '2026-11-21T09:00:00.000Z'
const UNKNOWN_ID = '38c9ce7b-60a4-81d0-8000-0000000000ff'
const CONTENT = workspace ? ['--workspace', workspace] : ['--generate', 'pages=40,rows=130,blocks=5,seed=11']

const simulator = await Simulator.start(program, ['--rate', 'off', '--now', NOW, ...CONTENT])

// What was driven: endpoints that gave the client an answer it took.
const implemented = await simulator.control('GET', 'endpoints')
const templates = implemented.map((text) => {
  const [method, path] = text.split(' ')
  let ids = 0
  const segments = path.slice(1).split('/').map((s) => (s === '{id}' ? `{id${ids++}}` : s))
  return { text, method, segments }
})
const driven = new Set()
// The objects answered, the last answer for each that differs in kind or id.
const answered = new Map()

function clientFor(token, options = {}) {
  return new Client({
    auth: token,
    baseUrl: simulator.url,
    notionVersion: '2026-03-11',
    logger: () => {},
    fetch: async (url, init) => {
      const answer = await fetch(url, init)
      const found = findEndpoint(templates, init.method.toUpperCase(), new URL(url).pathname)
      if (answer.ok && found) {
        driven.add(found.endpoint.text)
        for (const object of objectsIn(await answer.clone().json())) {
          answered.set(`${object.object} ${object.id}`, object)
        }
      }
      return answer
    },
    ...options,
  })
}

const notion = clientFor(TOKEN)

const text = (content) => [{ type: 'text', text: { content } }]
const paragraph = (content) => ({ type: 'paragraph', paragraph: { rich_text: text(content) } })
const plain = (block) => block[block.type].rich_text.map((run) => run.plain_text).join('')
const children = (id) => collectPaginatedAPI(notion.blocks.children.list, { block_id: id })
const titleOf = (page) =>
  Object.values(page.properties)
    .find((property) => property.type === 'title')
    .title.map((run) => run.plain_text)
    .join('')

// Rejects with an error of the official client that has this code and status.
async function refuses(promise, code, status) {
  const error = await promise.then(
    () => assert.fail('it was accepted'),
    (reason) => reason,
  )
  assert.ok(isNotionClientError(error), String(error))
  assert.equal(error.code, code)
  assert.equal(error.status, status)
  assert.equal(typeof error.message, 'string')
  assert.match(error.request_id ?? JSON.parse(error.body).request_id, /^[0-9a-f-]{36}$/)
  return error
}

// ---- users

let users

await check('users.me is the bot of the workspace', async () => {
  const me = await notion.users.me({})
  assert.equal(me.object, 'user')
  assert.equal(me.type, 'bot')
  assert.equal(typeof me.bot.workspace_name, 'string')
  assert.equal(typeof me.bot.workspace_id, 'string')
})

await check('users.list names people and bots', async () => {
  users = await collectPaginatedAPI(notion.users.list, {})
  assert.ok(users.length > 0)
  assert.ok(users.every((user) => isFullUser(user)))
})

await check('users.retrieve gives one of them', async () => {
  const user = await notion.users.retrieve({ user_id: users[0].id })
  assert.equal(user.id, users[0].id)
  assert.equal(user.name, users[0].name)
})

// ---- search

let pages
let sources

await check('search finds pages and data sources, newest edit first', async () => {
  const found = await collectPaginatedAPI(notion.search, {
    sort: { timestamp: 'last_edited_time', direction: 'descending' },
  })
  pages = found.filter((one) => isFullPage(one))
  sources = found.filter((one) => isFullDataSource(one))
  assert.equal(pages.length + sources.length, found.length)
  assert.ok(pages.length > 0 && sources.length > 0)
  const stamps = found.map((one) => one.last_edited_time)
  assert.deepEqual(stamps, [...stamps].sort().reverse())
})

await check('search filters by kind and by title', async () => {
  const onlySources = await notion.search({ filter: { property: 'object', value: 'data_source' } })
  assert.ok(onlySources.results.every((one) => one.object === 'data_source'))
  const wanted = pages.find((page) => titleOf(page).length > 3)
  const byTitle = await collectPaginatedAPI(notion.search, { query: titleOf(wanted) })
  assert.ok(byTitle.some((one) => one.id === wanted.id))
})

await check('search pages through cursors without a gap or a double', async () => {
  const ids = []
  for await (const one of iteratePaginatedAPI(notion.search, { page_size: 7 })) {
    ids.push(one.id)
  }
  assert.equal(new Set(ids).size, ids.length)
  assert.equal(ids.length, pages.length + sources.length)
})

// ---- databases and data sources

let database
let source
let rows

await check('dataSources.retrieve gives the schema', async () => {
  for (const one of sources) {
    const candidate = await notion.dataSources.retrieve({ data_source_id: one.id })
    assert.ok(isFullDataSource(candidate))
    assert.ok(Object.values(candidate.properties).some((property) => property.type === 'title'))
    const answer = await notion.dataSources.query({ data_source_id: one.id, page_size: 100 })
    if (source === undefined || answer.results.length > rows) {
      source = candidate
      rows = answer.results.length
    }
  }
  assert.ok(rows > 1)
})

await check('databases.retrieve names its data sources', async () => {
  database = await notion.databases.retrieve({ database_id: source.parent.database_id })
  assert.ok(isFullDatabase(database))
  assert.ok(database.data_sources.some((one) => one.id === source.id))
})

await check('dataSources.query pages through all rows', async () => {
  const all = await collectPaginatedAPI(notion.dataSources.query, { data_source_id: source.id })
  rows = await collectPaginatedAPI(notion.dataSources.query, {
    data_source_id: source.id,
    page_size: 2,
  })
  assert.deepEqual(rows.map((row) => row.id), all.map((row) => row.id))
  assert.equal(new Set(rows.map((row) => row.id)).size, rows.length)
  assert.ok(rows.every((row) => isFullPage(row) && row.parent.data_source_id === source.id))
})

await check('dataSources.query sorts by a timestamp and by a property', async () => {
  const ask = (sorts) =>
    collectPaginatedAPI(notion.dataSources.query, { data_source_id: source.id, sorts })
  const ascending = await ask([{ timestamp: 'created_time', direction: 'ascending' }])
  const stamps = ascending.map((row) => row.created_time)
  assert.deepEqual(stamps, [...stamps].sort())
  const titleName = Object.values(source.properties).find((one) => one.type === 'title').name
  const titles = (await ask([{ property: titleName, direction: 'ascending' }])).map(titleOf)
  const back = (await ask([{ property: titleName, direction: 'descending' }])).map(titleOf)
  assert.equal(titles.length, rows.length)
  assert.deepEqual(back.filter(Boolean), titles.filter(Boolean).reverse())
})

await check('dataSources.query filters by last_edited_time', async () => {
  const stamps = rows.map((row) => row.last_edited_time).sort()
  const limit = stamps[Math.floor(stamps.length / 2)]
  const newer = await collectPaginatedAPI(notion.dataSources.query, {
    data_source_id: source.id,
    filter: { timestamp: 'last_edited_time', last_edited_time: { on_or_after: limit } },
  })
  assert.equal(newer.length, stamps.filter((stamp) => stamp >= limit).length)
  assert.ok(newer.every((row) => row.last_edited_time >= limit))
})

await check('dataSources.query filters by properties, joined by and and or', async () => {
  const { name } = Object.values(source.properties).find((one) => one.type === 'title')
  const named = rows.filter((one) => titleOf(one) !== '')
  const [first, last] = [named[0], named.at(-1)].map(titleOf)
  const either = await collectPaginatedAPI(notion.dataSources.query, {
    data_source_id: source.id,
    filter: {
      and: [
        { property: name, title: { is_not_empty: true } },
        {
          or: [
            { property: name, title: { equals: first } },
            { property: name, type: 'title', title: { equals: last } },
          ],
        },
      ],
    },
  })
  const wanted = named.filter((one) => [first, last].includes(titleOf(one)))
  assert.deepEqual(either.map((one) => one.id), wanted.map((one) => one.id))
  await refuses(
    notion.dataSources.query({
      data_source_id: source.id,
      filter: { property: 'Nothing of the kind', checkbox: { equals: true } },
    }),
    APIErrorCode.ValidationError,
    400,
  )
})

// ---- pages

const parent = pages.find((page) => page.parent.type === 'workspace') ?? pages[0]
let page
let row

await check('pages.retrieve gives the page search gave', async () => {
  const one = await notion.pages.retrieve({ page_id: parent.id })
  assert.ok(isFullPage(one))
  assert.equal(titleOf(one), titleOf(parent))
  assert.deepEqual(one.parent, parent.parent)
})

await check('pages.create makes a page with content under a page', async () => {
  page = await notion.pages.create({
    parent: { page_id: parent.id },
    icon: { type: 'emoji', emoji: '🌱' },
    properties: { title: { title: text('Made by the official client') } },
    children: [paragraph('first'), { heading_2: { rich_text: text('Head') } }],
  })
  assert.ok(isFullPage(page))
  assert.equal(titleOf(page), 'Made by the official client')
  assert.equal(page.created_time, NOW_STAMP)
  assert.equal(page.icon.emoji, '🌱')
  assert.deepEqual((await children(page.id)).map(plain), ['first', 'Head'])
  const listed = (await children(parent.id)).at(-1)
  assert.equal(listed.id, page.id)
  assert.equal(listed.child_page.title, 'Made by the official client')
})

await check('pages.create makes a row of a data source', async () => {
  const titleName = Object.values(source.properties).find((one) => one.type === 'title').name
  row = await notion.pages.create({
    parent: { data_source_id: source.id },
    properties: { [titleName]: { title: text('A row') } },
  })
  assert.equal(row.parent.data_source_id, source.id)
  const { results } = await notion.dataSources.query({ data_source_id: source.id, page_size: 1 })
  assert.equal(results[0].id, row.id)
})

await check('pages.update changes title and icon', async () => {
  const changed = await notion.pages.update({
    page_id: page.id,
    icon: null,
    properties: { title: { title: text('Renamed') } },
  })
  assert.equal(changed.icon, null)
  assert.equal(titleOf(await notion.pages.retrieve({ page_id: page.id })), 'Renamed')
})

await check('pages.properties.retrieve gives the title as a list and a number as an item', async () => {
  const title = await notion.pages.properties.retrieve({ page_id: page.id, property_id: 'title' })
  assert.equal(title.object, 'list')
  assert.equal(title.type, 'property_item')
  assert.equal(title.results.map((item) => item.title.plain_text).join(''), 'Renamed')
  const plainOnes = Object.values(row.properties).filter((property) =>
    ['number', 'checkbox', 'select', 'date', 'url', 'status'].includes(property.type),
  )
  assert.ok(plainOnes.length > 0)
  for (const property of plainOnes) {
    const item = await notion.pages.properties.retrieve({
      page_id: row.id,
      property_id: property.id,
    })
    assert.equal(item.object, 'property_item')
    assert.deepEqual(item[property.type], property[property.type])
  }
})

await check('pages.update trashes a row and restores it', async () => {
  const has = async () => {
    const all = await collectPaginatedAPI(notion.dataSources.query, { data_source_id: source.id })
    return all.some((one) => one.id === row.id)
  }
  assert.equal((await notion.pages.update({ page_id: row.id, in_trash: true })).in_trash, true)
  assert.equal(await has(), false)
  assert.equal((await notion.pages.retrieve({ page_id: row.id })).in_trash, true)
  assert.equal((await notion.pages.update({ page_id: row.id, in_trash: false })).in_trash, false)
  assert.equal(await has(), true)
})

await check('pages.move puts a page last into another, into a data source and back', async () => {
  const moving = await notion.pages.create({
    parent: { page_id: page.id },
    properties: { title: { title: text('Moving') } },
  })
  const moved = await notion.pages.move({ page_id: moving.id, parent: { page_id: parent.id } })
  assert.ok(isFullPage(moved))
  assert.equal(moved.parent.page_id, parent.id)
  assert.equal((await children(parent.id)).at(-1).id, moving.id)
  const asRow = await notion.pages.move({
    page_id: moving.id,
    parent: { type: 'data_source_id', data_source_id: source.id },
  })
  assert.equal(asRow.parent.data_source_id, source.id)
  assert.equal(titleOf(asRow), 'Moving')
  assert.deepEqual(Object.keys(asRow.properties), Object.keys(source.properties))
  await refuses(
    notion.pages.move({ page_id: moving.id, parent: { data_source_id: source.id } }),
    APIErrorCode.ValidationError,
    400,
  )
  const back = await notion.pages.move({ page_id: moving.id, parent: { page_id: page.id } })
  assert.deepEqual(Object.keys(back.properties), ['title'])
  assert.equal((await notion.pages.update({ page_id: moving.id, in_trash: true })).in_trash, true)
})

// ---- databases, written

const ALL_PROPERTIES = {
  Name: { title: {} },
  Sum: { number: { format: 'euro' } },
  Kind: { select: { options: [{ name: 'a', color: 'red' }, { name: 'b' }] } },
  Tags: { type: 'multi_select', multi_select: { options: [{ name: 'x' }] }, description: 'some' },
  Stage: { status: {} },
  Calc: { formula: { expression: '1 + 1' } },
  Id: { unique_id: { prefix: 'N' } },
  Text: { rich_text: {} },
  Who: { people: {} },
  Papers: { files: {} },
  Day: { date: {} },
  Done: { checkbox: {} },
  Mail: { email: {} },
  Made: { created_time: {} },
  Maker: { created_by: {} },
}
let made

await check('databases.create makes a database with every kind of property', async () => {
  made = await notion.databases.create({
    parent: { type: 'page_id', page_id: page.id },
    title: text('Made'),
    description: text('by the client'),
    is_inline: true,
    icon: { type: 'emoji', emoji: '📦' },
    initial_data_source: { properties: ALL_PROPERTIES },
  })
  assert.ok(isFullDatabase(made))
  assert.equal(made.is_inline, true)
  assert.equal(made.data_sources[0].name, 'Made')
  const schema = await notion.dataSources.retrieve({ data_source_id: made.data_sources[0].id })
  assert.deepEqual(Object.keys(schema.properties).sort(), Object.keys(ALL_PROPERTIES).sort())
  assert.equal((await children(page.id)).at(-1).child_database.title, 'Made')
})

await check('dataSources.update adds, renames, changes and removes properties', async () => {
  const { properties } = await notion.dataSources.update({
    data_source_id: made.data_sources[0].id,
    title: text('Table'),
    properties: {
      Sum: { name: 'Total', number: { format: 'percent' } },
      Kind: { select: { options: [{ name: 'b' }, { name: 'c' }] } },
      Mail: null,
      Day: { name: 'Date' },
      Done: { rich_text: {} },
      Rows: { relation: { data_source_id: source.id, type: 'single_property', single_property: {} } },
      Count: {
        rollup: { function: 'count', relation_property_name: 'Rows', rollup_property_id: 'title' },
      },
    },
  })
  assert.equal(properties.Total.number.format, 'percent')
  assert.deepEqual(properties.Kind.select.options.map((option) => option.name), ['b', 'c'])
  assert.equal(properties.Mail, undefined)
  assert.equal(properties.Date.type, 'date')
  assert.equal(properties.Done.type, 'rich_text')
  assert.equal(properties.Count.rollup.relation_property_id, properties.Rows.id)
  await refuses(
    notion.dataSources.update({
      data_source_id: made.data_sources[0].id,
      properties: { Name: null },
    }),
    APIErrorCode.ValidationError,
    400,
  )
})

await check('databases.update changes, moves, trashes and restores', async () => {
  const changed = await notion.databases.update({
    database_id: made.id,
    title: text('Renamed'),
    is_inline: false,
    parent: { type: 'page_id', page_id: parent.id },
  })
  assert.equal(changed.parent.page_id, parent.id)
  assert.equal((await children(parent.id)).at(-1).child_database.title, 'Renamed')
  assert.equal((await notion.databases.update({ database_id: made.id, in_trash: true })).in_trash, true)
  assert.ok((await children(parent.id)).every((block) => block.id !== made.id))
  const back = await notion.databases.update({ database_id: made.id, in_trash: false })
  assert.equal(back.in_trash, false)
})

await check('dataSources.create adds a table, dataSources.listTemplates has none', async () => {
  const second = await notion.dataSources.create({
    parent: { type: 'database_id', database_id: made.id },
    title: text('Second'),
    properties: { Name: { title: {} } },
  })
  assert.ok(isFullDataSource(second))
  const { data_sources: listed } = await notion.databases.retrieve({ database_id: made.id })
  assert.deepEqual(listed.map((one) => one.name), ['Table', 'Second'])
  const { templates: none } = await notion.dataSources.listTemplates({ data_source_id: second.id })
  assert.deepEqual(none, [])
  await notion.databases.update({ database_id: made.id, in_trash: true })
})

// ---- file uploads

const PIXELS = 'not really pixels'

await check('fileUploads.create, send, retrieve and list', async () => {
  const made = await notion.fileUploads.create({ filename: 'a b.png', content_type: 'image/png' })
  assert.equal(made.status, 'pending')
  const sent = await notion.fileUploads.send({
    file_upload_id: made.id,
    file: { filename: 'a b.png', data: new Blob([PIXELS], { type: 'image/png' }) },
  })
  assert.equal(sent.status, 'uploaded')
  assert.equal(sent.content_length, PIXELS.length)
  const one = await notion.fileUploads.retrieve({ file_upload_id: made.id })
  assert.equal(one.status, 'uploaded')
  const all = await collectPaginatedAPI(notion.fileUploads.list, { status: 'uploaded' })
  assert.deepEqual(all.map((upload) => upload.id), [made.id])
})

await check('an upload is attached and served from a URL that is signed anew', async () => {
  const [{ id }] = (await notion.fileUploads.list({})).results
  const changed = await notion.pages.update({
    page_id: page.id,
    cover: { type: 'file_upload', file_upload: { id } },
  })
  assert.equal(changed.cover.type, 'file')
  assert.equal(await (await fetch(changed.cover.file.url)).text(), PIXELS)
  const again = await notion.pages.retrieve({ page_id: page.id })
  assert.notEqual(again.cover.file.url, changed.cover.file.url)
  const { results } = await notion.blocks.children.append({
    block_id: page.id,
    children: [{ image: { type: 'file_upload', file_upload: { id } } }],
  })
  assert.equal(await (await fetch(results[0].image.file.url)).text(), PIXELS)
  await notion.blocks.delete({ block_id: results[0].id })
  await refuses(
    notion.fileUploads.send({ file_upload_id: id, file: { data: 'more' } }),
    APIErrorCode.ValidationError,
    400,
  )
})

await check('a Free workspace takes no multi_part upload', () =>
  refuses(
    notion.fileUploads.create({ mode: 'multi_part', filename: 'a', number_of_parts: 2 }),
    APIErrorCode.ValidationError,
    400,
  ),
)

await check('fileUploads.complete puts the parts of a large file together', async () => {
  const paid = await Simulator.start(program, ['--rate', 'off', '--workspace', PAID])
  try {
    const client = clientFor(TOKEN, { baseUrl: paid.url })
    const { id } = await client.fileUploads.create({
      mode: 'multi_part',
      filename: 'a.bin',
      number_of_parts: 2,
    })
    const part = 'x'.repeat(5 << 20)
    for (const [number, data] of [['2', 'end'], ['1', part]]) {
      await client.fileUploads.send({ file_upload_id: id, file: { data }, part_number: number })
    }
    const done = await client.fileUploads.complete({ file_upload_id: id })
    assert.equal(done.status, 'uploaded')
    assert.equal(done.content_length, part.length + 3)
  } finally {
    await paid.stop()
  }
})

// ---- comments

await check('comments.create starts threads and replies, list and retrieve give them', async () => {
  const first = await notion.comments.create({ parent: { page_id: page.id }, rich_text: text('one') })
  const reply = await notion.comments.create({
    discussion_id: first.discussion_id,
    rich_text: text('two'),
    display_name: { type: 'custom', custom: { name: 'Robot' } },
  })
  assert.equal(reply.display_name.resolved_name, 'Robot')
  const all = await collectPaginatedAPI(notion.comments.list, { block_id: page.id })
  assert.deepEqual(all.map((one) => one.id), [first.id, reply.id])
  const one = await notion.comments.retrieve({ comment_id: reply.id })
  assert.deepEqual(one.parent, { type: 'page_id', page_id: page.id })
})

await check('comments.update and comments.delete', async () => {
  const [first, reply] = (await notion.comments.list({ block_id: page.id })).results
  const changed = await notion.comments.update({ comment_id: first.id, rich_text: text('1') })
  assert.equal(changed.rich_text[0].plain_text, '1')
  await notion.comments.delete({ comment_id: reply.id })
  const { results } = await notion.comments.list({ block_id: page.id })
  assert.deepEqual(results.map((one) => one.id), [first.id])
  await refuses(
    notion.comments.retrieve({ comment_id: reply.id }),
    APIErrorCode.ObjectNotFound,
    404,
  )
})

// ---- blocks

let blocks

await check('blocks.children.append puts blocks at the end', async () => {
  const answer = await notion.blocks.children.append({
    block_id: page.id,
    children: [paragraph('third'), { to_do: { rich_text: text('fourth'), checked: true } }],
  })
  assert.deepEqual(answer.results.map(plain), ['third', 'fourth'])
  assert.ok(answer.results.every((block) => isFullBlock(block)))
  assert.deepEqual((await children(page.id)).map(plain), ['first', 'Head', 'third', 'fourth'])
})

await check('blocks.children.append puts blocks at the start', async () => {
  await notion.blocks.children.append({
    block_id: page.id,
    children: [paragraph('zeroth')],
    position: { type: 'start' },
  })
  assert.equal(plain((await children(page.id))[0]), 'zeroth')
})

await check('blocks.children.append after a block answers the new ones and all that follow', async () => {
  blocks = await children(page.id)
  const answer = await notion.blocks.children.append({
    block_id: page.id,
    children: [paragraph('between')],
    position: { type: 'after_block', after_block: { id: blocks[2].id } },
  })
  assert.deepEqual(answer.results.map(plain), ['between', 'third', 'fourth'])
  assert.deepEqual((await children(page.id)).map(plain), [
    'zeroth',
    'first',
    'Head',
    'between',
    'third',
    'fourth',
  ])
})

await check('blocks.children.append takes nested blocks of many types', async () => {
  const nested = [
    { bulleted_list_item: { rich_text: text('a'), children: [paragraph('below a')] } },
    { numbered_list_item: { rich_text: text('b') } },
    { toggle: { rich_text: text('c'), children: [{ quote: { rich_text: text('below c') } }] } },
    { callout: { rich_text: text('d'), icon: { type: 'emoji', emoji: '💡' } } },
    { code: { rich_text: text('int x;'), language: 'c' } },
    { equation: { expression: 'e^{i\\pi}' } },
    { divider: {} },
    { table_of_contents: { color: 'gray' } },
    { bookmark: { url: 'https://example.com/' } },
    { image: { type: 'external', external: { url: 'https://example.com/a.png' } } },
    {
      table: {
        table_width: 2,
        has_column_header: true,
        children: [{ table_row: { cells: [text('x'), text('y')] } }],
      },
    },
    {
      column_list: {
        children: [
          { column: { children: [paragraph('left')] } },
          { column: { children: [paragraph('right')] } },
        ],
      },
    },
  ]
  const { results } = await notion.blocks.children.append({ block_id: page.id, children: nested })
  assert.deepEqual(results.map((block) => block.type), nested.map((block) => Object.keys(block)[0]))
  const below = await children(results[0].id)
  assert.deepEqual(below.map(plain), ['below a'])
  const columns = await children(results.at(-1).id)
  assert.deepEqual(columns.map((block) => block.type), ['column', 'column'])
  assert.deepEqual((await children(columns[1].id)).map(plain), ['right'])
  assert.equal((await children(results.at(-2).id))[0].table_row.cells.length, 2)
})

await check('blocks.children.list pages through cursors', async () => {
  const whole = await children(page.id)
  const small = await collectPaginatedAPI(notion.blocks.children.list, {
    block_id: page.id,
    page_size: 4,
  })
  assert.deepEqual(small.map((block) => block.id), whole.map((block) => block.id))
})

await check('blocks.retrieve gives a block, and a page as child_page', async () => {
  const block = await notion.blocks.retrieve({ block_id: blocks[1].id })
  assert.ok(isFullBlock(block))
  assert.equal(plain(block), 'first')
  const asBlock = await notion.blocks.retrieve({ block_id: page.id })
  assert.equal(asBlock.type, 'child_page')
  assert.equal(asBlock.child_page.title, 'Renamed')
})

await check('blocks.update replaces the text and keeps the id', async () => {
  const changed = await notion.blocks.update({
    block_id: blocks[1].id,
    paragraph: {
      rich_text: [
        { text: { content: 'now ' } },
        { text: { content: 'bold' }, annotations: { bold: true } },
        { text: { content: ' and linked', link: { url: 'https://example.com/' } } },
      ],
    },
  })
  assert.equal(changed.id, blocks[1].id)
  const block = await notion.blocks.retrieve({ block_id: blocks[1].id })
  assert.equal(plain(block), 'now bold and linked')
  assert.equal(block.paragraph.rich_text[1].annotations.bold, true)
  assert.equal(block.paragraph.rich_text[2].href, 'https://example.com/')
})

await check('blocks.delete moves to the trash, blocks.update brings back', async () => {
  const before = (await children(page.id)).map((block) => block.id)
  const gone = await notion.blocks.delete({ block_id: blocks[0].id })
  assert.equal(gone.in_trash, true)
  assert.deepEqual((await children(page.id)).map((block) => block.id), before.slice(1))
  assert.equal((await notion.blocks.retrieve({ block_id: blocks[0].id })).in_trash, true)
  const back = await notion.blocks.update({ block_id: blocks[0].id, in_trash: false })
  assert.equal(back.in_trash, false)
  assert.ok((await children(page.id)).some((block) => block.id === blocks[0].id))
})

await check('every block type of the workspace is one the official client knows', async () => {
  let count = 0
  const walk = async (id, depth) => {
    for (const block of await children(id)) {
      assert.ok(isFullBlock(block))
      assert.equal(typeof block[block.type], 'object', block.type)
      count += 1
      if (block.has_children && !block.type.startsWith('child_') && depth < 6) {
        await walk(block.id, depth + 1)
      }
    }
  }
  for (const one of pages.slice(0, 40)) {
    await walk(one.id, 0)
  }
  assert.ok(count > pages.slice(0, 40).length)
})

await check('what was sent so far is valid by the official types', async () => {
  const requests = await simulator.control('GET', 'requests')
  assert.ok(requests.length > driven.size)
  assert.deepEqual(validate(requests), [])
})

await check('what was answered so far is what the official response types say', () => {
  const kinds = new Set([...answered.values()].map((object) => object.object))
  assert.deepEqual([...kinds].sort(), ['block', 'comment', 'data_source', 'database', 'file_upload', 'page', 'user'])
  assert.deepEqual(judgeAnswers([...answered.values()]), [])
})

await check('an answer with a wrong value is noticed', () => {
  const spoil = (kind, change) => {
    const object = [...answered.values()].find((one) => one.object === kind)
    return judgeAnswers([{ ...object, ...change }]).length
  }
  assert.notEqual(spoil('page', { is_locked: 'no' }), 0)
  assert.notEqual(spoil('block', { has_children: undefined }), 0)
  assert.notEqual(spoil('database', { data_sources: [{}] }), 0)
})

// ---- errors

await check('an unknown id is object_not_found', () =>
  refuses(notion.pages.retrieve({ page_id: UNKNOWN_ID }), APIErrorCode.ObjectNotFound, 404))

await check('a database is not a page', () =>
  refuses(notion.pages.retrieve({ page_id: database.id }), APIErrorCode.ObjectNotFound, 404))

await check('a wrong token is unauthorized', () =>
  refuses(clientFor('ntn_wrong').users.me({}), APIErrorCode.Unauthorized, 401))

await check('an id with wrong variant bits is a validation_error', () =>
  refuses(
    notion.blocks.retrieve({ block_id: '12345678-1234-1234-1234-123456789abc' }),
    APIErrorCode.ValidationError,
    400,
  ))

await check('101 children are a validation_error that names the limit', async () => {
  const error = await refuses(
    notion.blocks.children.append({
      block_id: page.id,
      children: Array.from({ length: 101 }, (_, i) => paragraph(String(i))),
    }),
    APIErrorCode.ValidationError,
    400,
  )
  assert.match(error.message, /body\.children\.length should be ≤ `100`, instead was `101`/)
})

await check('an unknown endpoint is an invalid_request_url', () =>
  refuses(notion.request({ method: 'get', path: 'nothing' }), APIErrorCode.InvalidRequestURL, 400))

await check('editing what is in the trash is a validation_error', async () => {
  await notion.blocks.delete({ block_id: blocks[0].id })
  await refuses(
    notion.blocks.update({ block_id: blocks[0].id, paragraph: { rich_text: [] } }),
    APIErrorCode.ValidationError,
    400,
  )
})

await check('after a 429 the client waits for Retry-After and succeeds', async () => {
  await simulator.control('POST', 'faults', {
    faults: [{ match: { path: '/users/me$', nth: 1 }, do: 'status', status: 429, retry_after: 1 }],
  })
  const before = performance.now()
  assert.equal((await notion.users.me({})).object, 'user')
  assert.ok(performance.now() - before >= 990)
  await simulator.control('DELETE', 'faults')
})

await check('a 429 without another try is rate_limited', async () => {
  await simulator.control('POST', 'faults', {
    faults: [{ match: { path: '/users/me$', nth: 1 }, do: 'status', status: 429, retry_after: 7 }],
  })
  const error = await refuses(
    clientFor(TOKEN, { retry: false }).users.me({}),
    APIErrorCode.RateLimited,
    429,
  )
  assert.equal(error.headers.get('retry-after'), '7')
  await simulator.control('DELETE', 'faults')
})

// ---- the count

await check('every endpoint that is implemented was driven', () => {
  const missing = implemented.filter((endpoint) => !driven.has(endpoint))
  console.log(`# endpoints driven ${driven.size} / implemented ${implemented.length}`)
  assert.deepEqual(missing, [])
})

await simulator.stop()
finish()
