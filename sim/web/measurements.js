// Registers, and the chain of events that led to each.
import { byId, copyButton, element, hash, plural, setHash, spell, textOfHex } from './dom.js'
import { makeRoving } from './roving.js'

const APP = 3 // the register with the app's events
const READY = 'system-ready' // the last event of the boot: later ones come from the app
const PAYLOAD_SHOWN = 64 // characters in the row; the details show more

// TCG PC Client Platform Firmware Profile, 10.4.1: firmware events have no other name.
const EVENT_TYPES = {
  0x4: 'EV_SEPARATOR',
  0x6: 'EV_EVENT_TAG',
  0xa: 'EV_PLATFORM_CONFIG_FLAGS',
  0x80000001: 'EV_EFI_VARIABLE_DRIVER_CONFIG',
  0x80000002: 'EV_EFI_VARIABLE_BOOT',
  0x80000003: 'EV_EFI_BOOT_SERVICES_APPLICATION',
  0x80000007: 'EV_EFI_ACTION',
  0x8000000a: 'EV_EFI_PLATFORM_FIRMWARE_BLOB2',
  0x8000000b: 'EV_EFI_HANDOFF_TABLES2',
  0x08000001: 'runtime event',
}

const ABOUT = {
  MRTD: 'the virtual firmware, as the TD was built',
  RTMR0: 'firmware settings and virtual hardware',
  RTMR1: 'the kernel',
  RTMR2: 'command line and initramfs',
}

const short = (hex) => (/^0+$/.test(hex) ? '0' : `${hex.slice(0, 8)}…`)
const typeText = (type) => EVENT_TYPES[type] ?? `event type 0x${type.toString(16)}`

// --- one event ---

function payloadText(event) {
  if (event.payload_bytes === 0) return null
  const isCut = 2 * event.payload_bytes > event.payload.length
  const text = textOfHex(event.payload, isCut)
  const shown = text === null ? element('code', {}, event.payload) : spell(text)
  return { isText: text !== null, isCut, shown, text: text ?? event.payload }
}

function payloadPreview(event) {
  const payload = payloadText(event)
  if (!payload) return ''
  const isLong = payload.isCut || payload.text.length > PAYLOAD_SHOWN
  const preview = element('span', { className: `payload ${payload.isText ? 'text' : 'hex'}` })
  preview.append(spell(payload.text.slice(0, PAYLOAD_SHOWN)), isLong ? '…' : '')
  return preview
}

function detail(name, value, copied) {
  const row = element('div', {}, element('dt', {}, name))
  const place = element('dd', {}, value)
  if (copied) place.append(copyButton(name, () => copied))
  row.append(place)
  return row
}

function describe(event) {
  const list = element('dl', { className: 'details' })
  const payload = payloadText(event)
  if (event.name) list.append(detail('name', element('span', {}, spell(event.name)), event.name))
  list.append(detail('before', hash(event.rtmr_before), event.rtmr_before),
    detail('digest', hash(event.digest), event.digest),
    detail('after', hash(event.rtmr_after), event.rtmr_after),
    detail('type', `${typeText(event.event_type)} (0x${event.event_type.toString(16).padStart(8, '0')})`))
  if (payload) {
    const size = payload.isCut
      ? ` … the first ${event.payload.length / 2} of ${event.payload_bytes} bytes` : ` (${event.payload_bytes} bytes)`
    list.append(detail('payload', element('span', {}, payload.shown, element('span', { className: 'soft' }, size)),
      payload.isCut ? '' : event.payload))
  }
  return list
}

function eventRow(event, isOwn) {
  const name = event.name ? spell(event.name) : element('span', { className: 'soft' }, typeText(event.event_type))
  const summary = element('summary', {},
    element('span', { className: 'ordinal' }, `#${event.number}`),
    element('span', { className: 'what' }, element('span', { className: 'name' }, name), payloadPreview(event)),
    element('span', { className: 'move', title: 'the register before and after' },
      element('code', { className: 'before' }, short(event.rtmr_before)),
      element('code', { className: 'arrow' }, '→'),
      element('code', { className: 'after' }, short(event.rtmr_after))))
  const details = element('details', {}, summary)
  details.addEventListener('toggle', () => details.append(describe(event)), { once: true })
  const row = element('li', { className: isOwn ? 'event own' : 'event' }, details)
  row.dataset.number = event.number
  return row
}

// --- one register ---

function makeRegister(name, place, isOpen) {
  const value = element('code', { className: 'hash' })
  const chain = element('ol', { className: 'chain', ariaLabel: `Events of ${name}` })
  const row = element('div', { className: 'register' }, element('h3', { className: 'register-name' }, name), value,
    copyButton(name, () => value.textContent))
  const holder = element('div', { className: 'register-box', id: `register-${name.toLowerCase()}` }, row)
  const register = { value, chain, row, summary: null, count: 0, isReady: false, hasOwn: false, refresh: makeRoving(chain) }

  if (isOpen) {
    holder.append(chain)
  } else if (name === 'MRTD') {
    holder.append(element('p', { className: 'soft under' }, ABOUT[name]))
  } else {
    register.summary = element('span', { className: 'whole' })
    holder.append(element('details', { className: 'fold' },
      element('summary', {}, element('span', {}, element('span', { className: 'soft' }, `${ABOUT[name]} · `), register.summary)), chain))
  }
  place.append(holder)
  return register
}

function setRegister(register, hex, mayMove) {
  const moves = mayMove && register.value.textContent !== '' && register.value.textContent !== hex
  if (moves) flash(register.row, 'moved')
  setHash(register.value, hex)
}

// Restarts the animation; the mark stays until the next change.
function flash(node, mark) {
  node.classList.remove(mark)
  void node.offsetWidth
  node.classList.add(mark)
}

// Adds rows before the older ones and returns them, newest first.
function addEvents(register, events, isFresh) {
  const rows = []
  for (const event of events) {
    const isOwn = event.imr === APP && register.isReady
    if (isOwn && !register.hasOwn) {
      rows.unshift(element('li', { className: 'divider' }, 'boot ends here; events above come from the app'))
    }
    register.hasOwn ||= isOwn
    register.isReady ||= event.imr === APP && event.name === READY
    const row = eventRow(event, isOwn)
    if (isFresh) row.classList.add('fresh')
    rows.unshift(row)
  }
  register.chain.prepend(...rows)
  register.refresh(rows)
  register.count += events.length
  return rows
}

function clearRegister(register) {
  register.chain.replaceChildren()
  register.row.classList.remove('moved')
  Object.assign(register, { count: 0, isReady: false, hasOwn: false })
}

// isLive: the page already shows this TD, so new events have just happened.
export function makeMeasurements() {
  const names = ['RTMR0', 'RTMR1', 'RTMR2', 'RTMR3']
  const mrtd = makeRegister('MRTD', byId('machine'), false)
  const rtmrs = names.map((name, imr) => makeRegister(name, byId(imr === APP ? 'rtmr3' : 'machine'), imr === APP))
  let fresh = []

  function clear() {
    rtmrs.forEach(clearRegister)
    fresh = []
  }

  function add(events, isLive) {
    if (events.length === 0) return
    for (const row of fresh) row.classList.remove('fresh')
    fresh = []
    rtmrs.forEach((register, imr) => {
      const rows = addEvents(register, events.filter((event) => event.imr === imr), isLive)
      if (isLive) fresh.push(...rows)
    })
  }

  function show(state, isLive) {
    if (state.is_private) return
    setRegister(mrtd, state.mrtd, false)
    rtmrs.forEach((register, imr) => {
      setRegister(register, state.rtmrs[imr], isLive)
      if (register.summary) register.summary.textContent = plural(register.count, 'event')
    })
  }

  return { clear, show, add }
}
