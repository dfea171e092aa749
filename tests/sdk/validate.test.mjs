// The validator is able to fail: each planted request is found, and those Notion takes pass.
import assert from 'node:assert/strict'
import { check, finish, skipAll } from './tap.mjs'

const validator = await import('./validate.mjs').catch(() => skipAll('npm ci was not run'))

const ID = '38c9ce7b-60a4-81d0-8000-000000000001'
const text = (content) => [{ type: 'text', text: { content } }]
const append = (...children) => ({ method: 'PATCH', path: `/v1/blocks/${ID}/children`, body: { children } })
const update = (body) => ({ method: 'PATCH', path: `/v1/blocks/${ID}`, body })
const page = (body) => ({ method: 'PATCH', path: `/v1/pages/${ID}`, body })
const create = (body) => ({ method: 'POST', path: '/v1/pages', body })
const query = (body) => ({ method: 'POST', path: `/v1/data_sources/${ID}/query`, body })
const get = (path, search = '') => ({ method: 'GET', path, query: search, body: null })

const paragraph = { type: 'paragraph', paragraph: { rich_text: text('one') } }

const good = [
  get('/v1/users/me'),
  get(`/v1/users/${ID}`),
  get('/v1/users', 'page_size=100&start_cursor=a%20b'),
  get(`/v1/blocks/${ID}`),
  get(`/v1/blocks/${ID}/children`, 'page_size=100'),
  get(`/v1/pages/${ID}`, 'filter_properties=title&filter_properties=a'),
  get(`/v1/pages/${ID}/properties/%3FbA~`),
  get(`/v1/databases/${ID}`),
  get(`/v1/data_sources/${ID}`),
  { method: 'DELETE', path: `/v1/blocks/${ID}`, body: null },
  { method: 'POST', path: '/v1/search', body: { sort: { timestamp: 'last_edited_time', direction: 'descending' }, page_size: 100 } },
  append(paragraph),
  { ...append(paragraph), body: { children: [paragraph], position: { type: 'after_block', after_block: { id: ID } } } },
  append({ table: { table_width: 1, children: [{ table_row: { cells: [text('a')] } }] } }),
  append({ code: { rich_text: text('int x;'), language: 'c' } }),
  update({ paragraph: { rich_text: text('two'), color: 'blue_background' } }),
  update({ to_do: { checked: true } }),
  page({ properties: { Status: { select: { name: 'Open' } }, Due: { date: null } }, icon: { type: 'emoji', emoji: '🌱' } }),
  page({ in_trash: true }),
  create({ parent: { page_id: ID }, properties: { title: { title: text('New') } }, children: [paragraph] }),
  create({ parent: { data_source_id: ID }, properties: { Name: { title: text('Row') } } }),
  query({ filter: { timestamp: 'last_edited_time', last_edited_time: { on_or_after: '2026-11-20T10:00:00Z' } } }),
  query({ sorts: [{ property: 'Name', direction: 'ascending' }], page_size: 100 }),
]

// [request, where the fault lies]
const bad = [
  [append({ id: ID, ...paragraph }), 'children[0]'],
  [append({ paragraph: { rich_text: text('x'), icon: 3 } }), 'children[0]'],
  [append(paragraph, { paragraph: { rich_text: text('x'), colour: 'red' } }), 'children[1]'],
  [append({ code: { rich_text: text('x'), language: 'cobol' } }), 'children[0]'],
  [append({ paragraph: { rich_text: [{ text: { content: 1 } }] } }), 'children[0]'],
  [append({ unheard_of: {} }), 'children[0]'],
  [append({ paragraph: { rich_text: [] }, heading_1: { rich_text: [] } }), 'children[0]'],
  [append({ type: 'quote', paragraph: { rich_text: [] } }), 'children[0]'],
  [update({ quote: { rich_text: [{ text: { content: 'x' }, equation: { expression: 'x' } }] } }), 'quote.rich_text[0]'],
  [update({ paragraph: { rich_text: text('x') }, has_children: false }), 'has_children'],
  [update({ heading_1: {} }), 'heading_1'],
  [{ ...append(), body: {} }, 'request'],
  [{ ...append(), body: { children: [paragraph], place: 'end' } }, 'place'],
  [{ ...append(), body: { children: [paragraph], position: { type: 'middle' } } }, 'position'],
  [page({ properties: { Due: { date: { start: 20 } } } }), 'properties'],
  [page({ title: 'New' }), 'title'],
  [create({ parent: { page: ID }, properties: {} }), 'parent'],
  [query({ filter: { timestamp: 'last_edited_time' } }), 'filter'],
  [query({ page_size: '100' }), 'page_size'],
  [get(`/v1/blocks/${ID}/children`, 'page_size=many&size=1'), 'query.size'],
  [get('/v1/nothing'), 'path'],
  [{ method: 'PUT', path: `/v1/blocks/${ID}`, body: {} }, 'path'],
  [update('not JSON'), 'body'],
  [{ method: 'POST', path: '/v1/search', body: { sort: { timestamp: 'created_time', direction: 'up' } } }, 'sort'],
]

await check('requests that Notion takes pass', () => {
  const requests = good.map((request, i) => ({ seq: i + 1, ...request }))
  assert.deepEqual(validator.validate(requests), [])
})

const planted = [...good.map((request) => [request]), ...bad].map(([request, at], i) => ({
  seq: i + 1,
  at,
  ...request,
}))
const invalid = validator.validate(planted)

for (const { seq, at, method, path, body } of planted.filter((request) => request.at)) {
  await check(`planted: ${method} ${path.replace(ID, '{id}')} ${JSON.stringify(body)}`, () => {
    const found = invalid.filter((one) => one.seq === seq)
    assert.notEqual(found.length, 0, 'not found')
    assert.ok(found.some((one) => one.at.startsWith(at)), `found at ${found.map((one) => one.at)}`)
    assert.ok(found.every((one) => one.message !== ''))
  })
}

await check('the same request twice is reported twice', () => {
  const twice = [1, 2].map((seq) => ({ seq, ...page({ title: 'New' }) }))
  assert.deepEqual(validator.validate(twice).map((one) => one.seq), [1, 2])
})

await check('nothing sound is reported beside the planted', () => {
  assert.deepEqual(invalid.filter((one) => one.seq <= good.length), [])
})

finish()
