// One page through notion-to-md or martian. usage: node one-page.mjs render|parse FILE
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { server } from './server.mjs'

const require = createRequire(import.meta.url)
const [what, path] = process.argv.slice(2)
const input = readFileSync(path, 'utf8')

if (what === 'render') {
  const { NotionToMarkdown } = require('notion-to-md')
  const { top, client } = server(JSON.parse(input))
  const converter = new NotionToMarkdown({ notionClient: client })
  console.log(converter.toMarkdownString(await converter.blocksToMarkdown(top)).parent)
} else {
  const { markdownToBlocks } = require('@tryfabric/martian')
  console.log(JSON.stringify(markdownToBlocks(input)))
}
