// The table of recent requests.
import { byId, element, spell } from './dom.js'

const KEPT = 200

const number = new Intl.NumberFormat('en')

function timeText(millis) {
  const time = new Date(millis)
  const two = (value, digits = 2) => String(value).padStart(digits, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${two(time.getMilliseconds(), 3)}`
}

function sizeText(bytes) {
  return bytes < 10000 ? `${number.format(bytes)} B` : `${number.format(Math.round(bytes / 1000))} kB`
}

function tookText(micros) {
  if (micros < 1e4) return `${number.format(micros)} µs`
  return micros < 1e7 ? `${number.format(Math.round(micros / 1e3))} ms` : `${(micros / 1e6).toFixed(1)} s`
}

// An injected failure is not marked as bad.
function statusCell(request) {
  const isBad = (request.status === 0 || request.status >= 500) && !request.note
  const kind = isBad ? 'bad' : request.status === 0 || request.status >= 400 ? 'caution' : ''
  return element('td', { className: 'status' },
    element('span', { className: `code ${kind}` }, request.status === 0 ? 'none' : String(request.status)))
}

function methodCell(request) {
  const name = request.method === 'none' ? 'not served' : request.method
  const isPlain = request.path.endsWith(`/${request.method}`) // the path says nothing new
  const cell = element('td', { className: 'method' }, element('span', { className: 'name' }, spell(name)),
    element('span', { className: 'soft path' }, request.verb, isPlain ? '' : spell(` ${request.path}`)))
  if (request.note) cell.append(' ', element('span', { className: 'note' }, `fault: ${request.note}`))
  return cell
}

function row(request) {
  const time = element('td', { className: 'time' }, timeText(request.unix_millis))
  const made = element('tr', {}, time,
    methodCell(request),
    statusCell(request),
    element('td', { className: 'number' }, sizeText(request.body_bytes)),
    element('td', { className: 'number' }, tookText(request.micros)),
    element('td', { className: 'client soft' }, spell(request.client)))
  made.dataset.number = request.number
  return made
}

export function makeRequests() {
  const body = byId('requests').tBodies[0]

  function clear() {
    body.replaceChildren()
  }

  function add(requests) {
    if (requests.length > 0) body.prepend(...requests.map(row).reverse())
    while (body.rows.length > KEPT) body.lastElementChild.remove()
    byId('requests-box').hidden = body.rows.length === 0
    byId('no-requests').hidden = body.rows.length > 0
  }

  return { clear, add }
}
