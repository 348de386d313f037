// One TD in the list: what it is, what to call next, and what can be done to it.
import { call } from './api.js'
import { makeConsole } from './console.js'
import { copyButton, element, hash, setText, spell } from './dom.js'

function stateOf(vm) {
  if (vm.boot_error) return ['bad', 'boot failed']
  if (vm.status !== 'running') return ['', vm.status]
  return vm.boot_progress === 'done' ? ['good', 'running'] : ['caution', 'booting']
}

// What tells an SDK where the TD is.
function endpointsOf(vm, isReadOnly) {
  if (vm.is_first) return isReadOnly ? [] : [location.origin]
  return [vm.socket, vm.url].filter(Boolean)
}

function fact(name, value, copied) {
  const place = element('dd', {}, value)
  if (copied) place.append(copyButton(name, () => copied))
  return element('div', {}, element('dt', {}, name), place)
}

function factsOf(vm) {
  const facts = [fact('id', hash(vm.id), vm.id), fact('app id', hash(vm.app_id), vm.app_id)]
  if (vm.instance_id) facts.push(fact('instance id', hash(vm.instance_id), vm.instance_id))
  facts.push(fact('image', spell(vm.image)))
  if (vm.boot_error) facts.push(fact('error', element('span', { className: 'reason' }, spell(vm.boot_error))))
  return facts
}

function command(endpoint) {
  const line = `export DSTACK_SIMULATOR_ENDPOINT=${/^[\w./:-]+$/.test(endpoint) ? endpoint : `'${endpoint}'`}`
  return element('p', { className: 'command' }, element('code', {}, line), copyButton('the command', () => line))
}

// Not at /vm/<id>: the JavaScript SDK leaves a path out, and would ask the first TD.
const nowhere = () => element('p', { className: 'soft' }, 'SDKs cannot reach it: start the simulator with a ',
  element('code', {}, '--socket-dir'), ' or with ', element('code', {}, '--vm-ports'), '.')

// Replaces what is shown only if it changes, so that selections stay.
function makeFacts() {
  const list = element('dl', { className: 'details' })
  const calls = element('div', { className: 'calls' })
  let known = ''

  function show(vm, isReadOnly) {
    const runs = vm.status === 'running' && !vm.boot_error
    const endpoints = runs ? endpointsOf(vm, isReadOnly) : []
    const now = JSON.stringify([runs, vm.instance_id, vm.boot_error, vm.image, endpoints])
    if (now === known) return
    known = now
    list.replaceChildren(...factsOf(vm))
    calls.replaceChildren(...endpoints.map(command))
    if (runs && endpoints.length === 0 && !vm.is_first) calls.append(nowhere())
  }
  return { nodes: [list, calls], show }
}

function makeBody(id, { act, open, askToRemove, removed }) {
  const facts = makeFacts()
  const log = makeConsole(id)
  const result = element('output', { className: 'result' })
  const button = (text, className = '') => element('button', { type: 'button', className }, text)
  const page = button('Show its page', 'page')
  const power = button('Stop', 'power')
  const remove = button('Remove…', 'danger remove')
  let vm = null
  page.addEventListener('click', () => open(vm.is_first ? '' : id))
  power.addEventListener('click', () => act(power, result, async () => {
    await call(`prpc/Teepod.${power.textContent}Vm`, { id })
    return ''
  }))
  remove.addEventListener('click', () => askToRemove(vm.name, () => act(remove, result, async () => {
    await call('prpc/Teepod.RemoveVm', { id })
    removed(vm)
    return ''
  })))

  function show(now, isShown, isReadOnly) {
    vm = now
    facts.show(vm, isReadOnly)
    page.disabled = isShown
    setText(page, isShown ? 'Shown below' : 'Show its page')
    setText(power, ['running', 'stopping'].includes(vm.status) ? 'Stop' : 'Start')
    remove.hidden = vm.is_first
  }

  const node = element('div', { className: 'vm-body' }, ...facts.nodes,
    element('div', { className: 'actions' }, page, power, log.button, remove), result, log.node)
  return { node, show, end: log.stop }
}

// Its body is made when it is opened.
export function makeRow(first, actions) {
  const name = element('span', { className: 'name' }, spell(first.name || 'unnamed'))
  const state = element('span', { className: 'badge' })
  const time = element('span', { className: 'number soft' })
  const app = element('code', { className: 'app soft' }, first.app_id.slice(0, 8))
  const summary = element('summary', {}, name, ' ', state, ' ', time, ' ', app)
  const details = element('details', {}, summary)
  const node = element('li', { className: 'vm' }, details)
  let body = null
  let last = []
  node.dataset.id = first.id
  details.addEventListener('toggle', () => {
    if (details.open && !body) {
      body = makeBody(first.id, actions)
      details.append(body.node)
      body.show(...last)
    } else if (!details.open) {
      body?.end()
    }
  })

  function update(vm, isShown, { isReadOnly }) {
    const [kind, word] = stateOf(vm)
    last = [vm, isShown, isReadOnly]
    state.className = `badge ${kind}`
    setText(state, word)
    setText(time, word === 'running' ? `up ${vm.uptime}` : '')
    node.classList.toggle('shown', isShown)
    if (isShown) summary.setAttribute('aria-current', 'true')
    else summary.removeAttribute('aria-current')
    body?.show(...last)
  }

  function end() {
    body?.end()
    node.remove()
  }

  function unfold() {
    details.open = true
    node.scrollIntoView({ block: 'nearest' })
  }

  return { node, update, end, unfold }
}
