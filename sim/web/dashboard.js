// The page: fetches and shows what is new once a second.
import { callTd, Gone, setTd } from './api.js'
import { makeControls, makeSticky } from './controls.js'
import { byId, copyButton, element, hash, plural, setHash, setText, spell } from './dom.js'
import { makeMeasurements } from './measurements.js'
import { makeRequests } from './requests.js'

const PERIOD_MS = 1000
const PATIENCE_MS = 5000

const IDENTITY = [
  ['app_id', 'App id'],
  ['instance_id', 'Instance id'],
  ['compose_hash', 'Compose hash'],
]
const MORE_IDENTITY = [
  ['device_id', 'Device id'],
  ['os_image_hash', 'OS image hash'],
  ['mr_config_id', 'MRCONFIGID'],
  ['mr_aggregated', 'Aggregate of all registers'],
]

// --- the head of the page ---

function makeHashes(list, fields) {
  return fields.map(([field, name]) => {
    const value = hash('')
    const row = element('div', {}, element('dt', {}, name),
      element('dd', { id: field.replaceAll('_', '-') }, value, copyButton(name, () => value.textContent)))
    list.append(row)
    return { field, value, row }
  })
}

function makeIdentity() {
  const rows = [...makeHashes(byId('identity'), IDENTITY), ...makeHashes(byId('identity-more'), MORE_IDENTITY)]
  return (state) => {
    for (const { field, value, row } of rows) {
      setHash(value, state[field])
      row.hidden = state[field] === ''
    }
  }
}

function uptimeText(seconds) {
  const [days, hours, minutes] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60].map(Math.floor)
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

// What has a status of its own.
const PARTS = [
  { field: 'platform_status', name: 'platform' },
  { field: 'tdx_module_status', name: 'TDX module' },
  { field: 'qe_status', name: 'QE' },
  { field: 'early_tcb_status', name: 'early data set' },
]

function problemsOf(state) {
  return [
    state.tcb_status !== 'UpToDate' && state.tcb_status,
    ...PARTS.filter(({ field }) => state[field] !== 'UpToDate').map(({ field, name }) => `${name} ${state[field]}`),
    state.tcb_recovered && 'TCB recovered',
    state.pck_revoked && 'PCK revoked',
    state.collateral_expired && 'collateral expired',
    state.key_not_vouched && 'attestation key not certified',
    state.debug_td && 'debug TD',
    ...state.advisories,
  ].filter(Boolean)
}

function showBadge(id, text) {
  setText(byId(id), text)
  byId(id).hidden = text === ''
}

// The badge shows as much of it as there is room for; the platform panel, or else a notice, shows all.
function showPlatform(state) {
  const problems = problemsOf(state).join(', ')
  showBadge('platform-badge', problems && `platform: ${problems}`)
  byId('platform-badge').title = problems
  setText(byId('platform-now'), problems || 'UpToDate')
  setText(byId('platform-notice'), `The platform: ${problems}`)
  byId('platform-notice').hidden = !state.read_only || problems === ''
}

// line: "METHOD: what happens".
function faultRow(line) {
  const at = line.lastIndexOf(': ') + 1
  return element('li', {}, element('span', { className: 'name' }, spell(line.slice(0, at))), spell(line.slice(at)))
}

function showFaults(faults) {
  const list = byId('faults')
  const count = plural(faults.length, 'fault')
  byId('faults-panel').hidden = faults.length === 0
  showBadge('faults-badge', faults.length === 0 ? '' : count)
  setText(byId('set-fault-now'), faults.length === 0 ? 'none set' : count)
  if (list.dataset.shown === faults.join('\n')) return
  list.dataset.shown = faults.join('\n')
  list.replaceChildren(...faults.map(faultRow))
}

function showHead(state) {
  const name = state.app_name || 'unnamed app'
  if (byId('app-name').dataset.name !== name) {
    byId('app-name').dataset.name = name
    byId('app-name').replaceChildren(spell(name))
    document.title = `${byId('app-name').textContent} · dstack-simulator`
  }
  setText(byId('version'), state.version)
  setText(byId('os-version'), state.os_version)
  setText(byId('uptime'), uptimeText(state.uptime_seconds))
  setText(byId('connections'), String(state.connections_open))
  setText(byId('requests-total'), state.requests_total.toLocaleString('en'))
  setText(byId('event-count'), state.is_private ? '–' : String(state.event_count))
  byId('read-only').hidden = !state.read_only
  byId('private').hidden = !state.is_private
  for (const node of document.querySelectorAll('.measured')) node.hidden = state.is_private
  byId('more-identity').hidden = state.is_private
  byId('to-controls').hidden = state.read_only
  showPlatform(state)
  showBadge('health-badge', state.health.healthy ? '' : 'app unhealthy')
  byId('health-badge').title = state.health.verdict
  showFaults(state.faults)
}

// Another process is another TD, even with the same identity: its events are those of its own boot.
function makeRestarts() {
  let last = null
  byId('restarted-seen').addEventListener('click', () => { byId('restarted').hidden = true })

  return function show(state) {
    if (last && state.process_started !== last.process_started) {
      const isSame = state.app_id === last.app_id && state.instance_id === last.instance_id
      const when = new Date(state.process_started).toLocaleTimeString()
      setText(byId('restarted-text'), `The simulator was restarted at ${when}. This is another TD`
        + (isSame ? ' with the same identity.' : ', and another app or instance.')
        + ' Events, snapshots and faults of the one before are gone.')
      byId('restarted').hidden = false
    }
    last = state
  }
}

function showLink(isUp, sentence, word = 'no connection') {
  setText(byId('link'), isUp ? 'live' : word)
  byId('link').className = isUp ? 'badge good' : 'badge bad'
  setText(byId('gone'), isUp ? '' : sentence)
  byId('gone').hidden = isUp
}

// --- the whole ---

// Shows states and keeps track of what was seen, for the next request.
function makeView(changed) {
  const showIdentity = makeIdentity()
  const measurements = makeMeasurements()
  const requests = makeRequests()
  const controls = makeControls(changed)
  const showRestart = makeRestarts()
  const view = { seen: { generation: 0, after_event: 0, after_request: 0 }, isComplete: false, show, forget }

  function begin(generation) {
    measurements.clear()
    requests.clear()
    view.isComplete = false
    view.seen = { generation, after_event: 0, after_request: 0 }
  }

  function forget() {
    begin(0)
    controls.forget()
  }

  function show(state) {
    if (state.generation !== view.seen.generation) begin(state.generation)
    showRestart(state)
    measurements.add(state.events, view.isComplete)
    measurements.show(state, view.isComplete)
    requests.add(state.requests)
    view.seen.after_event = state.events.at(-1)?.number ?? view.seen.after_event
    view.seen.after_request = state.requests.at(-1)?.number ?? view.seen.after_request
    view.isComplete = view.seen.after_event >= state.event_count
    showHead(state)
    showIdentity(state)
    controls.show(state)
  }

  return view
}

// Why there is no state, in a sentence and in a word.
function explain(error, td) {
  if (error instanceof Gone) return ['The simulator does not answer. This page keeps trying and shows the last known state.']
  if (td && error.status) return [`Cannot show this TD: ${error.message}`, error.status === 401 ? 'token' : 'not running']
  return [`Cannot show the simulator’s answer: ${error.message}`]
}

function start() {
  const view = makeView(() => ask())
  let td = '' // the id of the one that is shown; empty for the first
  let vms = null // the list of all, where there is one
  let timer = null
  let isAsking = false
  let isDue = false // asked again in the meantime
  let isLocked = false // until there is a token

  const unlock = () => { isLocked = false; ask() }

  async function refreshVms(state) {
    if (!state?.has_vmm && !td) return
    vms ??= import('./vms.js').then(({ makeVms }) => makeVms({ open, unlock }))
    const list = await vms.catch((error) => { vms = null; throw error })
    await list.refresh({ id: state?.vm ?? td, isReadOnly: state?.read_only ?? true, isUnknown: !state })
  }

  async function ask() {
    if (isAsking) {
      isDue = true
      return
    }
    isAsking = true
    clearTimeout(timer)
    const asked = td
    let state = null
    try {
      state = await callTd('prpc/Dashboard.State', view.seen, PATIENCE_MS)
      if (asked === td) view.show(state)
      showLink(true)
      document.documentElement.classList.toggle('asking', asked !== td)
    } catch (error) {
      isLocked = error.status === 401
      if (asked === td) showLink(false, ...explain(error, td))
      if (td && error.status) document.documentElement.classList.add('asking')
    }
    refreshVms(state).catch(() => {}) // the list says itself what is wrong
    isAsking = false
    askLater()
  }

  // At once if there is more to read; never while the page is hidden.
  function askLater() {
    const isHurried = isDue || (!view.isComplete && byId('gone').hidden)
    isDue = false
    if (!document.hidden && !isLocked) timer = setTimeout(ask, isHurried ? 0 : PERIOD_MS)
  }

  function show(id) {
    td = id
    setTd(id)
    view.forget()
    document.documentElement.classList.add('asking')
    unlock()
  }

  const addressed = () => new URLSearchParams(location.search).get('td') ?? ''

  function open(id) {
    if (id === td) return
    history.pushState(null, '', id ? `?td=${encodeURIComponent(id)}` : location.pathname)
    show(id)
  }

  addEventListener('popstate', () => { if (addressed() !== td) show(addressed()) })
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (!document.hidden) ask()
  })
  show(addressed())
}

const command = `export DSTACK_SIMULATOR_ENDPOINT=${location.origin}`
document.documentElement.classList.replace('waiting', 'asking')
makeSticky(byId('controls'))
byId('export').textContent = command
byId('export').after(copyButton('the command', () => command))
start()
