// Are the objects a server answers those the official client expects? Each is judged by the
// official response type of its kind.
import { judgeLiterals } from './literals.mjs'

const TYPES = {
  block: 'BlockObjectResponse',
  comment: 'CommentObjectResponse',
  data_source: 'DataSourceObjectResponse',
  database: 'DatabaseObjectResponse',
  file_upload: 'FileUploadObjectResponse',
  page: 'PageObjectResponse',
  user: 'UserObjectResponse',
}

// Property types Notion has and this version's response types lack.
const UNTYPED_VALUES = ['last_visited_time', 'location']
const UNTYPED_CONFIGURATIONS = [...UNTYPED_VALUES, 'button', 'place', 'verification']

// What real answers of version 2026-03-11 have, or have not, other than the types say.
function adapt(object) {
  const { request_id: _, ...value } = object
  if (value.object !== 'user' && value.object !== 'comment') {
    value.archived = value.in_trash // gone with 2026-03-11, still in the types
  }
  if (value.properties) {
    const untyped = value.object === 'page' ? UNTYPED_VALUES : UNTYPED_CONFIGURATIONS
    const properties = Object.entries(value.properties)
      .filter(([, property]) => !untyped.includes(property.type))
      .map(([name, property]) => {
        const { has_more: __, ...rest } = property // of relations; not in the types
        return [name, property.type === 'relation' ? rest : property]
      })
    value.properties = Object.fromEntries(properties)
  }
  return value
}

// What is wrong: ["block <id> at <where>: <why>", …].
export function judgeAnswers(objects) {
  const literals = objects.map((object) => ({ type: TYPES[object.object], value: adapt(object) }))
  return judgeLiterals(literals).map(({ index, at, message }) => {
    const { object, id } = objects[index]
    return `${object} ${id} at ${at || 'all'}: ${message}`
  })
}

// The objects in one answer: itself, or the results of a list, if of a kind that is judged.
export function objectsIn(answer) {
  const all = answer.object === 'list' ? answer.results : [answer]
  return all.filter((one) => TYPES[one.object] !== undefined)
}
