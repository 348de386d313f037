// The list of recent requests.
import { byId, element, spell } from './dom.js'
import { makeRoving } from './roving.js'

const KEPT = 200

const number = new Intl.NumberFormat('en')

function timeText(millis) {
  return `${new Date(millis).toTimeString().slice(0, 8)}.${String(millis % 1000).padStart(3, '0')}`
}

function sizeText(bytes) {
  return bytes < 10000 ? `${number.format(bytes)} B` : `${number.format(Math.round(bytes / 1000))} kB`
}

function tookText(micros) {
  if (micros < 1e4) return `${number.format(micros)} µs`
  return micros < 1e7 ? `${number.format(Math.round(micros / 1e3))} ms` : `${(micros / 1e6).toFixed(1)} s`
}

// Who asked: the program if it says so, else where from. A port would tell nothing.
function clientText(request) {
  const agent = request.user_agent
  const browser = /^Mozilla\/.*?((?:Firefox|Edg|HeadlessChrome|Chrome)\/\d+|Safari)/.exec(agent)
  if (agent) return browser ? browser[1] : agent.split(' ')[0]
  return request.client.startsWith('/') ? request.client.split('/').at(-1) : request.client.replace(/:\d+$/, '')
}

// Refused requests are told from those that failed here; an injected failure is neither.
function statusKind(request) {
  if (request.note) return 'injected'
  if (request.status === 0 || request.status >= 500) return 'failed'
  return request.status >= 400 ? 'refused' : 'fine'
}

const statusText = (request) => (request.status === 0 ? 'none' : String(request.status))

// What is worth saying first: the reason, what was ignored, or else how it was called.
function about(request) {
  if (request.reason) return element('span', { className: 'about reason' }, spell(request.reason))
  if (request.ignored) return element('span', { className: 'about' }, 'ignored ', spell(request.ignored))
  return element('span', { className: 'about soft' }, spell(`${request.verb} ${request.path}`))
}

function summaryOf(request) {
  const name = request.method === 'none' ? 'not served' : request.method
  const method = element('span', { className: 'method' }, element('span', { className: 'name' }, spell(name)))
  if (request.note) method.append(' ', element('span', { className: 'note' }, `fault: ${request.note}`))
  method.append(' ', about(request))
  return element('summary', {},
    element('span', { className: 'time' }, timeText(request.unix_millis)), ' ', method, ' ',
    element('span', { className: `status ${statusKind(request)}` }, statusText(request)), ' ',
    element('span', { className: 'number soft' }, tookText(request.micros)), ' ',
    element('span', { className: 'client soft' }, spell(clientText(request))))
}

function describe(request) {
  const list = element('dl', { className: 'details' })
  const facts = [
    ['request', `${request.verb} ${request.path}`],
    ['status', request.status === 0 ? 'none: the connection was closed' : statusText(request)],
    ['reason', request.reason],
    ['ignored', request.ignored],
    ['fault', request.note],
    ['answered', new Date(request.unix_millis).toLocaleString()],
    ['size', sizeText(request.body_bytes)],
    ['client', request.client],
    ['agent', request.user_agent],
  ]
  for (const [name, text] of facts) {
    if (text) list.append(element('div', {}, element('dt', {}, name), element('dd', {}, spell(text))))
  }
  return list
}

function row(request) {
  const details = element('details', {}, summaryOf(request))
  details.addEventListener('toggle', () => details.append(describe(request)), { once: true })
  const made = element('li', { className: 'request' }, details)
  made.dataset.number = request.number
  return made
}

export function makeRequests() {
  const list = byId('requests')
  const refresh = makeRoving(list)

  function clear() {
    list.replaceChildren()
  }

  function add(requests) {
    const rows = requests.map(row).reverse()
    if (rows.length > 0) list.prepend(...rows)
    while (list.children.length > KEPT) list.lastElementChild.remove()
    refresh(rows)
    byId('requests-box').hidden = list.children.length === 0
    byId('no-requests').hidden = list.children.length > 0
  }

  return { clear, add }
}
