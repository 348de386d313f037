// The console of a TD, as it grows.
import { ask } from './api.js'
import { element, spell } from './dom.js'

const LINES = 200
const LINES_KEPT = 2000
const HEARTBEAT = '[vmm heartbeat]'

let current = null // a browser opens few connections to one host: only one console is followed

function append(shown, lines) {
  const isAtEnd = shown.scrollTop + shown.clientHeight >= shown.scrollHeight - 4
  for (const line of lines) shown.append(element('span', { className: 'line' }, spell(line), '\n'))
  while (shown.children.length > LINES_KEPT) shown.firstChild.remove()
  if (isAtEnd) shown.scrollTop = shown.scrollHeight
}

async function follow(id, shown, signal) {
  const query = new URLSearchParams({ id, follow: true, ansi: false, lines: LINES })
  const response = await ask(`logs?${query}`, { signal })
  if (!response.ok) throw new Error(`there is no console: the simulator answered ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop()
    append(shown, lines.filter((line) => line !== HEARTBEAT))
  }
}

export function makeConsole(id) {
  const button = element('button', { type: 'button', className: 'logs' }, 'Console')
  const shown = element('pre', { className: 'console', tabIndex: 0, ariaLabel: 'Console' })
  const node = element('div', { hidden: true }, shown)
  let reading = null
  shown.setAttribute('role', 'log')
  button.setAttribute('aria-expanded', 'false')

  function stop() {
    reading?.abort()
    reading = null
    node.hidden = true
    button.setAttribute('aria-expanded', 'false')
  }

  async function start() {
    current?.()
    current = stop
    const mine = reading = new AbortController()
    shown.replaceChildren()
    node.hidden = false
    button.setAttribute('aria-expanded', 'true')
    try {
      await follow(id, shown, mine.signal)
    } catch (error) {
      if (reading !== mine) return
      append(shown, [error instanceof TypeError ? 'the simulator does not answer' : error.message])
    }
  }

  button.addEventListener('click', () => (reading ? stop() : start()))
  return { button, node, stop }
}
