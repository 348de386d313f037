// How the clients find the simulator, and that raw pieces of a request add up.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { after, test } from 'node:test'
import { DstackClient, TappdClient } from '@phala/dstack-sdk'
import { PATIENCE, becomesReachable, setting, vectors } from './support.mjs'

const NAMES = ['DSTACK_SIMULATOR_ENDPOINT', 'TAPPD_SIMULATOR_ENDPOINT']
after(() => NAMES.forEach((name) => delete process.env[name]))

for (const name of ['URL', 'SOCKET', 'TAPPD_SOCKET']) {
  test(`the environment names ${name}`, PATIENCE, async () => {
    for (const variable of NAMES) {
      process.env[variable] = setting(name)
    }
    const { app_id: id } = await new DstackClient().info()
    assert.equal((await new TappdClient().info()).app_id, id)
    await becomesReachable(new TappdClient())
  })
}

/** With this simulator's addresses in place of the documented ones. */
function real(text) {
  const url = setting('URL')
  const directory = path.dirname(setting('SOCKET'))
  const authority = url.slice('http://'.length)
  return text.replace('{url}', url).replace('{authority}', authority).replace('{directory}', directory)
    .replace('localhost:8090', authority).replace('/work', directory)
}

for (const row of JSON.parse(fs.readFileSync(setting('ENDPOINTS'), 'utf8'))) {
  test(`the environment names ${row.form || 'nothing'}`, PATIENCE, async () => {
    process.env.DSTACK_SIMULATOR_ENDPOINT = real(row.endpoint)
    const call = async () => new DstackClient().info()
    await assert.rejects(call, (error) => {
      assert.ok(error.message.includes(real(row.javascript)), error.message)
      return true
    })
  })
}

test('an absent socket is noticed', PATIENCE, async () => {
  assert.throws(() => new DstackClient(`${setting('SOCKET')}.absent`), /does not exist/)
  assert.equal(await new DstackClient('http://127.0.0.1:1').isReachable(), false)
})

test('byte by byte, with a half-close in between, the request is answered', PATIENCE, async () => {
  const request = 'POST /GetKey HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
    + 'Content-Length: 26\r\n\r\n{"path":"a","purpose":"p"}'
  const socket = net.createConnection({ path: setting('SOCKET'), allowHalfOpen: true, noDelay: true })
  let answer = ''
  socket.on('data', (chunk) => { answer += chunk })
  const ended = new Promise((resolve, reject) => socket.on('end', resolve).on('error', reject))
  for (const byte of request) {
    await new Promise((resolve) => socket.write(byte, resolve))
  }
  socket.end()
  await ended
  const [head, body] = answer.split('\r\n\r\n')
  assert.match(head, /^HTTP\/1\.1 200 /)
  assert.deepEqual(JSON.parse(body), vectors('keys.json').get_key[0].response)
})
