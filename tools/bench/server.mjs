// notion-to-md asks for children; here they come from memory, not from the network.

// Blocks as the API lists them: an id each, children asked for by it.
export function server(blocks) {
  const children = new Map()
  let count = 0
  const number = (list) =>
    list.map(({ children: below, ...block }) => {
      const id = `b${(count += 1)}`
      if (below !== undefined) {
        children.set(id, number(below))
      }
      return { object: 'block', ...block, id, has_children: below !== undefined }
    })
  const top = number(blocks)
  const list = async ({ block_id: id }) => ({
    results: children.get(id) ?? [],
    has_more: false,
    next_cursor: null,
  })
  return { top, client: { blocks: { children: { list } } } }
}
