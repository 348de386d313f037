// Shows /openapi.json, as text: what can be called, with which arguments, and an example of each.
import { byId, element } from './dom.js'

const resolve = (spec, value) => (value.$ref
  ? value.$ref.split('/').slice(1).reduce((found, part) => found[part], spec)
  : value)

function parametersOf(operation) {
  const list = element('dl')
  for (const parameter of operation.parameters ?? []) {
    list.append(element('dt', {}, parameter.name + (parameter.required ? ' (required)' : '')),
      element('dd', {}, parameter.description ?? ''))
  }
  return list
}

function exampleOf(verb, path, operation) {
  const body = operation.requestBody?.content['application/json']
  const lines = [`${verb.toUpperCase()} ${path}`]
  if (body) lines.push('Content-Type: application/json', '', JSON.stringify(body.example ?? {}, null, 2))
  return element('pre', {}, lines.join('\n'))
}

function responsesOf(spec, operation) {
  const list = element('dl')
  for (const [status, response] of Object.entries(operation.responses)) {
    list.append(element('dt', {}, status), element('dd', {}, resolve(spec, response).description))
  }
  return list
}

function show(spec, path, verb, operation) {
  const shown = element('details', {},
    element('summary', {},
      element('span', { className: 'verb' }, verb.toUpperCase()), element('code', {}, path), ' ',
      element('span', { className: 'brief' }, operation.summary ?? '')))
  shown.addEventListener('toggle', () => {
    if (shown.childElementCount > 1) return
    shown.append(element('p', {}, operation.description ?? ''), parametersOf(operation),
      exampleOf(verb, path, operation), element('h3', {}, 'Responses'), responsesOf(spec, operation))
  })
  return shown
}

function showTag(spec, tag) {
  const panel = element('section', { className: 'panel' }, element('h2', {}, tag.name),
    element('p', {}, tag.description ?? ''))
  for (const [path, verbs] of Object.entries(spec.paths)) {
    for (const [verb, operation] of Object.entries(verbs)) {
      if (operation.tags.includes(tag.name)) panel.append(show(spec, path, verb, operation))
    }
  }
  return panel
}

async function load() {
  const answer = await fetch('openapi.json')
  if (!answer.ok) throw new Error(`openapi.json: status ${answer.status}`)
  return answer.json()
}

load().then((spec) => {
  byId('version').textContent = `${spec.info.title} ${spec.info.version}`
  byId('list').append(...spec.tags.map((tag) => showTag(spec, tag)))
  byId('state').hidden = true
}, (error) => { byId('state').textContent = error.message })
