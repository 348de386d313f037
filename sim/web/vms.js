// The TDs of this simulator: a list of them all, and what deploys another.
import { makeAct } from './act.js'
import { call, Gone } from './api.js'
import { makeDeploy } from './deploy.js'
import { addStyle, byId, element, say, setText } from './dom.js'
import { makeRoving } from './roving.js'
import { makeToken } from './token.js'
import { makeRow } from './vm_row.js'

await addStyle('vms.css')

const PATIENCE_MS = 5000
const FOLDED_TURNS = 10 // of the page, for each that asks while the list is folded

function makePanel() {
  const panel = element('details', { className: 'panel fold-panel', id: 'vms', tabIndex: -1 },
    element('summary', {}, element('h2', { id: 'vms-title' }, 'TDs'), ' ', element('span', { className: 'soft', id: 'vms-now' })))
  const region = element('section', { role: 'region', ariaLabel: 'TDs' }, panel)
  document.querySelector('.columns').before(region)
  byId('to-vms').hidden = false
  return panel
}

function makeRemoval() {
  const title = element('h2', { id: 'remove-title' })
  const no = element('button', { type: 'button' }, 'Cancel')
  const yes = element('button', { type: 'button', className: 'danger', id: 'remove-yes' }, 'Remove')
  const dialog = element('dialog', { id: 'remove-dialog' }, title,
    element('p', {}, 'It stops, its sockets and its ports close, and its deployment is gone. This cannot be undone.'),
    element('div', { className: 'actions' }, no, yes))
  let confirmed = null
  dialog.setAttribute('aria-labelledby', title.id)
  no.addEventListener('click', () => dialog.close())
  yes.addEventListener('click', () => { dialog.close(); confirmed() })
  document.body.append(dialog)

  return function ask(name, then) {
    setText(title, `Remove ${name}?`)
    confirmed = then
    dialog.showModal()
  }
}

// A field for when there are more than can be seen at once.
function makeFilter(changed) {
  const field = element('input', { id: 'vm-filter', placeholder: 'name, id, app id or image', autocomplete: 'off' })
  const label = element('label', { className: 'filter', hidden: true }, 'Show those with', field)
  field.addEventListener('input', changed)
  return { node: label, keyword: () => field.value.trim(), show: (count) => { label.hidden = count < 10 } }
}

function countText({ count, running }) {
  if (count === 1 && running === 1) return 'deploy more'
  return running === count ? `${count} running` : `${running} of ${count} running`
}

// Keeps a row for each deployment, in their order.
function makeList(actions) {
  const list = element('ol', { id: 'vm-list', className: 'vms' })
  const more = element('p', { className: 'soft', hidden: true })
  const rows = new Map()
  const refresh = makeRoving(list)
  list.setAttribute('aria-labelledby', 'vms-title')

  function show({ deployments, total }, shown) {
    const ids = new Set(deployments.map((vm) => vm.id))
    for (const [id, row] of rows) {
      if (ids.has(id)) continue
      row.end()
      rows.delete(id)
    }
    const added = deployments.filter((vm) => !rows.has(vm.id)).map((vm) => {
      rows.set(vm.id, makeRow(vm, actions))
      return rows.get(vm.id).node
    })
    for (const [at, vm] of deployments.entries()) {
      const { node, update } = rows.get(vm.id)
      update(vm, vm.id === shown.id, shown)
      if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null)
    }
    refresh(added)
    more.hidden = total === deployments.length
    setText(more, `and ${total - deployments.length} more`)
  }

  return { nodes: [list, more], show, row: (id) => rows.get(id) }
}

// open(id): shows the page of that TD, '' for the first one. unlock(): a token was given.
export function makeVms({ open, unlock }) {
  const panel = makePanel()
  let turn = 0
  let asking = null // the question that is under way
  let isLocked = false
  let shown = { id: '', isReadOnly: true }

  const act = makeAct(() => ask())
  const filter = makeFilter(() => ask())
  const list = makeList({ act, open, askToRemove: makeRemoval(), removed })
  const token = makeToken(() => { isLocked = false; unlock(); ask() })
  const deploy = makeDeploy(act, async (id) => {
    await asking
    await ask()
    list.row(id)?.unfold()
  })
  panel.append(token.node, filter.node, ...list.nodes, deploy.node)

  function removed(vm) {
    say(`${vm.name} is removed`)
    if (vm.id === shown.id) open('')
  }

  function show(answer) {
    token.hide()
    deploy.show()
    filter.show(answer.count)
    list.show(answer, shown)
    setText(byId('vms-now'), countText(answer))
    if (answer.count > 1 && turn === 1) panel.open = true
  }

  function fail(error) {
    isLocked = error.status === 401
    if (isLocked) {
      if (shown.isUnknown) panel.open = true // all there is to see
      token.show()
    }
    if (!(error instanceof Gone)) setText(byId('vms-now'), isLocked ? 'a token is needed' : error.message)
  }

  async function askOnce() {
    try {
      show(await call('prpc/Deployments.List', { keyword: filter.keyword() }, PATIENCE_MS))
    } catch (error) {
      fail(error)
    }
    asking = null
  }

  async function ask() {
    if (!isLocked) asking ??= askOnce()
    await asking
  }

  // Called at each turn of the page, with the TD that it shows.
  async function refresh(now) {
    const isOther = now.id !== shown.id
    shown = now
    if (isOther || panel.open || turn % FOLDED_TURNS === 0) {
      turn += 1
      await ask()
    } else {
      turn += 1
    }
  }

  panel.addEventListener('toggle', () => ask())
  return { refresh }
}
