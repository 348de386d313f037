'use strict'

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const path = require('node:path')

const MILLISECONDS = 30_000 // a start or a stop that takes longer hangs

/** The path of the program: DSTACK_SIMULATOR_PROGRAM, that of the package for this machine, or the name. */
function program() {
  if (process.env.DSTACK_SIMULATOR_PROGRAM) return process.env.DSTACK_SIMULATOR_PROGRAM
  try {
    return require.resolve(`@dstack-simulator/linux-${process.arch}/bin/dstack-simulator`)
  } catch {
    return 'dstack-simulator' // that on the PATH
  }
}

/** Calls a method of what is at a URL. */
function call(url, method, args = {}) {
  const body = JSON.stringify(args)
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/prpc/${method}`, { method: 'POST', headers, agent: false }, (response) => {
      const pieces = []
      response.on('data', (piece) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString()
        if (response.statusCode === 200) resolve(JSON.parse(text || '{}'))
        else reject(new Error(`${method}: ${text}`))
      })
    })
    request.setTimeout(MILLISECONDS, () => request.destroy(new Error(`${method}: no answer`)))
    request.on('error', reject)
    request.end(body)
  })
}

class Td {
  #simulator

  constructor(simulator, id, info) {
    this.#simulator = simulator
    this.id = id
    this.appId = info.app_id
    this.instanceId = info.instance_id
    this.url = info.events.find(({ event }) => event === 'simulator.url').body
    this.socket = path.join(simulator.directory, 'vms', id, 'dstack.sock')
  }

  call(method, args) {
    return call(this.url, method, args)
  }

  async remove() {
    await this.#simulator.call('Teepod.RemoveVm', { id: this.id })
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.remove()
  }
}

class Simulator {
  #process
  #ended
  #made = 0
  #onExit = () => this.#process.kill('SIGKILL')

  constructor(process_, ended, directory, url) {
    this.#process = process_
    this.#ended = ended
    this.directory = directory
    this.url = url
    this.socket = path.join(directory, 'dstack.sock')
    process.once('exit', this.#onExit)
  }

  call(method, args) {
    return call(this.url, method, args)
  }

  async reset() {
    await this.call('Simulator.Reset')
  }

  async td({ name = `td-${++this.#made}`, compose } = {}) {
    const compose_file = compose ?? JSON.stringify({
      manifest_version: 2, name, runner: 'docker-compose', docker_compose_file: 'services: {}\n', kms_enabled: true,
    })
    const settings = { name, image: 'dstack-0.5.11', vcpu: 1, memory: 2048, disk_size: 1, compose_file }
    const { id } = await this.call('Teepod.CreateVm', settings)
    return new Td(this, id, await this.#booted(name, id))
  }

  async #booted(name, id) {
    const deadline = Date.now() + MILLISECONDS
    for (;;) {
      const { info } = await this.call('Teepod.GetInfo', { id })
      if (info.boot_progress === 'done') return info
      if (info.boot_error || Date.now() > deadline) {
        throw new Error(`${name} does not boot: ${info.boot_error || 'it is not ready'}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  async stop() {
    process.removeListener('exit', this.#onExit)
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), MILLISECONDS)
    await this.#ended
    clearTimeout(timer)
    fs.rmSync(this.directory, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    await this.stop()
  }
}

/** Starts a simulator on a free port; options are those of the program. */
async function startSimulator(...options) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstack-'))
  const ready = path.join(directory, 'ready.json')
  const log = path.join(directory, 'log')
  const output = fs.openSync(log, 'w')
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DSTACK_SIMULATOR_')))
  const child = spawn(program(), ['--listen', '0', '--socket-dir', directory, '--vm-ports', '--ready-file', ready, ...options],
    { stdio: ['ignore', output, output], env })
  fs.closeSync(output)
  let why
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve((why = error.message)))
    child.once('exit', () => resolve((why = why ?? fs.readFileSync(log, 'utf8').trim())))
  })
  const deadline = Date.now() + MILLISECONDS
  while (!fs.existsSync(ready)) {
    if (why !== undefined || Date.now() > deadline) {
      child.kill('SIGKILL')
      fs.rmSync(directory, { recursive: true, force: true })
      throw new Error(`the simulator does not start: ${why ?? 'it is not ready'}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const { endpoints } = JSON.parse(fs.readFileSync(ready, 'utf8'))
  return new Simulator(child, ended, directory, endpoints.find(({ url }) => url).url)
}

module.exports = { program, startSimulator }
