// The page's controls: events, quotes, platform, health, snapshots, faults.
import { makeAct, numberOf, onClick, onSubmit } from './act.js'
import { call, callTd } from './api.js'
import { byId, copy, element, hexOfText, plural, setText, spell } from './dom.js'

const PART_STATUS = ['UpToDate', 'OutOfDate', 'Revoked']
const TCB_STATUS = ['UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded',
  'OutOfDate', 'OutOfDateConfigurationNeeded', 'Revoked']
const CHOICES = {
  tcb_status: TCB_STATUS,
  platform_status: TCB_STATUS,
  tdx_module_status: PART_STATUS,
  qe_status: PART_STATUS,
  early_tcb_status: TCB_STATUS,
  quote_version: ['4', '5', '5-td15'],
}
const CHOSEN = Object.keys(CHOICES)
const WRONGS = ['tcb_recovered', 'pck_revoked', 'collateral_expired', 'key_not_vouched', 'debug_td']

// Text as hex, or hex as typed: the API reports what is wrong with it.
function hexOfField(form, name) {
  const value = form.elements[name].value
  return form.elements.kind.value === 'hex' ? value.replace(/\s+/g, '') : hexOfText(value)
}

function addEvents(act) {
  const form = byId('emit')
  onSubmit(form, act, 'emit-result', async () => {
    const name = form.elements.event.value
    await callTd('EmitEvent', { event: name, payload: hexOfField(form, 'payload') })
    return `Extended RTMR3 with ${name}`
  })
}

function addQuotes(act) {
  const form = byId('quote')
  let quote = null
  const keep = (taken) => {
    quote = taken
    byId('verify').disabled = byId('copy-quote').disabled = taken === null
    byId('verdict').replaceChildren()
  }
  onSubmit(form, act, 'quote-result', async () => {
    keep(null)
    keep(await callTd('GetQuote', { report_data: hexOfField(form, 'report_data') }))
    const events = JSON.parse(quote.event_log).length
    return `A quote of ${(quote.quote.length / 2).toLocaleString('en')} bytes, taken after event #${events}`
  })
  onClick('verify', act, 'verify-result', async () => {
    const taken = quote
    const { quote: bytes, event_log: log, vm_config: config } = taken
    const answer = await call('verify', { quote: bytes, event_log: log, vm_config: config })
    const { showVerdict } = await import('./verdict.js')
    if (taken === quote) showVerdict(byId('verdict'), answer)
    return ''
  })
  byId('copy-quote').addEventListener('click', (event) => copy(quote.quote, event.currentTarget))
  return () => keep(null)
}

function addPlatform(act) {
  const form = byId('platform')
  const fields = form.elements
  for (const name of CHOSEN) {
    fields[name].append(...CHOICES[name].map((choice) => element('option', {}, choice)))
  }
  let isTouched = false // the user is changing it
  let shown = ''
  const forget = () => {
    isTouched = false
    shown = ''
  }
  form.addEventListener('input', () => { isTouched = true })
  onSubmit(form, act, 'platform-result', async () => {
    await callTd('prpc/Simulator.SetPlatform', {
      ...Object.fromEntries(CHOSEN.map((name) => [name, fields[name].value])),
      advisories: fields.advisories.value.split(/[\s,]+/).filter(Boolean),
      ...Object.fromEntries(WRONGS.map((name) => [name, fields[name].checked])),
    })
    forget()
    return 'Applies to new quotes and collateral'
  })
  onClick('platform-in-order', act, 'platform-result', async () => {
    await callTd('prpc/Simulator.SetPlatform')
    forget()
    return 'The platform is healthy again'
  })

  function show(state) {
    const scenario = JSON.stringify([state.advisories, ...[...CHOSEN, ...WRONGS].map((name) => state[name])])
    if (isTouched || scenario === shown) return
    shown = scenario
    for (const name of CHOSEN) fields[name].value = state[name]
    fields.advisories.value = state.advisories.join(', ')
    for (const name of WRONGS) fields[name].checked = state[name]
  }
  return { show, forget }
}

function addHealth(act) {
  const form = byId('health')
  onSubmit(form, act, 'health-result', async () => {
    const { health } = await callTd('prpc/Simulator.SetHealth', { state: form.elements.state.value })
    return health.by_hand ? `Gateways are told that it is ${form.elements.state.value}` : 'Judged by the rules again'
  })

  return function show(health) {
    const why = health.by_hand ? 'set by hand' : health.checked ? 'judged every 5 s' : 'it asks for no health checks'
    byId('health-verdict').replaceChildren(spell(`${health.verdict} (${why})`))
  }
}

function addFaults(act) {
  const form = byId('set-fault')
  const { method, kind, value, times } = form.elements
  const usual = { status: '503', delay_ms: '1000' } // the other kinds have no value
  kind.addEventListener('change', () => {
    value.value = usual[kind.value] ?? ''
    value.disabled = !(kind.value in usual)
  })
  onSubmit(form, act, 'set-fault-result', async () => {
    const fault = { method: method.value.trim(), [kind.value]: value.disabled || numberOf(value.value.trim()) }
    if (times.value.trim()) fault.times = numberOf(times.value.trim())
    await callTd('prpc/Simulator.SetFault', fault)
    return 'The fault is set'
  })
  onClick('clear-faults', act, 'faults-result', async () => {
    await callTd('prpc/Simulator.ClearFaults')
    return ''
  })
}

function addSnapshots(act) {
  const list = byId('snapshots')
  let newest = null // the one just taken
  onClick('snapshot', act, 'state-result', async () => {
    newest = (await callTd('prpc/Simulator.Snapshot')).id
    return `Snapshot ${newest} saved`
  })
  onClick('revert', act, 'state-result', async () => {
    const id = Number(list.value)
    await callTd('prpc/Simulator.Revert', { id })
    return `Reverted to snapshot ${id}`
  })

  return function show(ids) {
    if (ids.join() === list.dataset.shown) return
    setText(byId('state-now'), plural(ids.length || 'no', 'snapshot'))
    const chosen = newest ?? Number(list.value)
    newest = null
    list.dataset.shown = ids.join()
    list.replaceChildren(...ids.map((id) => element('option', { value: id }, `snapshot ${id}`)))
    if (ids.length === 0) list.append(element('option', { value: '' }, 'none yet'))
    else list.value = ids.includes(chosen) ? chosen : ids.at(-1)
    list.disabled = byId('revert').disabled = ids.length === 0
  }
}

function addReset(act, forget) {
  const dialog = byId('reset-dialog')
  byId('reset').addEventListener('click', () => dialog.showModal())
  byId('reset-no').addEventListener('click', () => dialog.close())
  byId('reset-yes').addEventListener('click', () => {
    dialog.close()
    act(byId('reset'), 'state-result', async () => {
      await callTd('prpc/Simulator.Reset')
      forget()
      return 'The TD is in its initial state'
    })
  })
}

// after: called once something may have changed. show(state) shows one, and forget() is for another TD.
export function makeControls(after) {
  const act = makeAct(after)
  addEvents(act)
  const forgetQuote = addQuotes(act)
  const platform = addPlatform(act)
  const showSnapshots = addSnapshots(act)
  addReset(act, platform.forget)
  const showHealth = addHealth(act)
  addFaults(act)

  function forget() {
    for (const result of document.querySelectorAll('#controls .result')) result.replaceChildren()
    forgetQuote()
    platform.forget()
  }

  function show(state) {
    byId('controls').hidden = state.read_only
    byId('clear-faults').hidden = state.read_only
    if (state.read_only) return
    byId('emit').hidden = !state.can_emit
    byId('no-emit').hidden = state.can_emit
    platform.show(state)
    showHealth(state.health)
    showSnapshots(state.snapshots)
  }

  return { show, forget }
}

// Lets the controls scroll with the page as far as they are longer than the window.
export function makeSticky(controls) {
  const place = () => {
    controls.style.setProperty('--top', `${Math.min(16, innerHeight - controls.offsetHeight - 16)}px`)
  }
  new ResizeObserver(place).observe(controls)
  addEventListener('resize', place)
}
