// The form that deploys a TD.
import { numberOf, onSubmit } from './act.js'
import { call } from './api.js'
import { element, say } from './dom.js'

const BOOT_PATIENCE_MS = 60000
const PAUSE_MS = 100

function isObject(text) {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return text.trimStart().startsWith('{') // meant as one: the API says what is wrong with it
  }
}

// A docker-compose file becomes an app-compose, byte for byte as `dstack-simulator deploy` writes it.
function appCompose(text, name) {
  if (isObject(text)) return text
  return JSON.stringify({
    allowed_envs: [],
    docker_compose_file: text,
    gateway_enabled: false,
    key_provider_id: '',
    kms_enabled: true,
    local_key_provider_enabled: false,
    manifest_version: 2,
    name,
    no_instance_id: false,
    public_logs: true,
    public_sysinfo: true,
    public_tcbinfo: true,
    runner: 'docker-compose',
    secure_time: false,
  })
}

function nameIn(text) {
  try {
    return JSON.parse(text).name || 'app'
  } catch {
    return 'app'
  }
}

function labelled(text, field) {
  return element('label', {}, text, field)
}

function makeForm() {
  const input = (name, properties) => element('input', { name, autocomplete: 'off', ...properties })
  const file = element('input', { type: 'file', accept: '.json,.yml,.yaml' })
  const compose = element('textarea', {
    name: 'compose', required: true, rows: 9, spellcheck: false, placeholder: 'services:\n  web:\n    image: nginx',
  })
  file.addEventListener('change', async () => { if (file.files[0]) compose.value = await file.files[0].text() })
  return element('form', { id: 'deploy', autocomplete: 'off' },
    element('div', { className: 'deploy-what' }, labelled('App-compose or docker-compose file', compose), file),
    element('div', { className: 'deploy-how' },
      labelled('Name', input('name', { placeholder: 'from the file' })),
      labelled('OS image', element('select', { name: 'image' })),
      element('div', { className: 'sizes' },
        labelled('vCPUs', input('vcpu', { value: '1', inputMode: 'numeric' })),
        labelled('Memory, MB', input('memory', { value: '2048', inputMode: 'numeric' }))),
      element('div', { className: 'actions' }, element('button', { className: 'primary' }, 'Deploy')),
      element('output', { className: 'result', id: 'deploy-result' })))
}

// shown(id): called once it runs.
export function makeDeploy(act, shown) {
  const form = makeForm()
  const { elements } = form
  form.querySelector('input[type=file]').ariaLabel = 'Read the file'
  const fold = element('details', { className: 'fold', id: 'deploy-fold', hidden: true },
    element('summary', {}, 'Deploy a TD'), form)

  async function booted(id, name) {
    const end = Date.now() + BOOT_PATIENCE_MS
    while (Date.now() < end) {
      const { deployments: [vm] } = await call('prpc/Deployments.List', { keyword: id })
      if (!vm) throw new Error(`${name} is gone`)
      if (vm.boot_error) throw new Error(`${name} does not boot: ${vm.boot_error}`)
      if (vm.boot_progress === 'done') return `${name} is deployed`
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS) })
    }
    throw new Error(`${name} has not booted yet`)
  }

  onSubmit(form, act, form.querySelector('output'), async () => {
    const text = elements.compose.value
    const name = elements.name.value.trim() || nameIn(text)
    const settings = {
      name,
      image: elements.image.value,
      compose_file: appCompose(text, name),
      vcpu: numberOf(elements.vcpu.value.trim()),
      memory: numberOf(elements.memory.value.trim()),
      disk_size: 20,
    }
    await call('prpc/Teepod.GetComposeHash', settings) // which alone says at once what is wrong with it
    const { id } = await call('prpc/Teepod.CreateVm', settings)
    const done = await booted(id, name)
    await shown(id)
    say(done)
    return done
  })

  fold.addEventListener('toggle', async () => {
    if (!fold.open || elements.image.length > 0) return
    const { images } = await call('prpc/Teepod.ListImages')
    elements.image.replaceChildren(...images.map((image) => element('option', {}, image.name)))
  })

  return { node: fold, show: () => { fold.hidden = false } }
}
