// What a program that uses the SDK sees when the guest agent fails, is slow, or goes away in
// the middle. These are facts about the SDK: it does not look at the HTTP status, it gives up
// after 30 seconds, and it never calls a second time by itself.

import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { DstackClient, TappdClient } from '@phala/dstack-sdk'
import { PATIENCE, becomesReachable, control, hex, overEach, setFault, setting } from './support.mjs'

const FOREVER = 600_000
const SDK_PATIENCE = 30_000

afterEach(() => control('ClearFaults'))

const hits = async () => (await control('Status')).faults.map((fault) => fault.hits)

async function untilHit() {
  while ((await hits())[0] !== 1);
}

/** Runs the SDK's own clock out, without waiting for it, when all that will come has come. */
async function giveUp(t, call) {
  let settled = false
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const outcome = call().then((value) => ({ value }), (error) => ({ error }))
  outcome.then(() => { settled = true })
  await untilHit()
  for (let i = 0; i < 30; i++) {
    await control('Status')
  }
  assert.equal(settled, false)
  t.mock.timers.tick(SDK_PATIENCE)
  const { value, error } = await outcome
  t.mock.timers.reset()
  assert.equal(value, undefined)
  return error
}

const eventNames = async (client) => JSON.parse((await client.getQuote('x')).event_log).map((one) => one.event)

overEach(['URL', 'SOCKET'], (endpoint) => {
  const client = new DstackClient(endpoint)
  const isTcp = endpoint.startsWith('http')
  const DROPPED = isTcp ? { code: 'ECONNRESET', message: 'socket hang up' } : /failed to parse response/

  // --- a status ---

  for (const status of [400, 429, 500, 503]) {
    test(`${status}: getQuote and attest reject with the message`, PATIENCE, async () => {
      await setFault('', { status, message: 'out of luck' })
      await assert.rejects(client.getQuote('x'), new Error('out of luck'))
      await assert.rejects(client.attest('x'), new Error('out of luck'))
    })
  }

  test('a status: getKey, sign and info stumble over what is missing', PATIENCE, async () => {
    await setFault('', { status: 503, message: 'out of luck' })
    await assert.rejects(client.getKey('a'), TypeError)
    await assert.rejects(client.sign('ed25519', 'x'), TypeError)
    await assert.rejects(client.info(), SyntaxError)
  })

  test('a status: version, verify and getTlsKey resolve, without an answer', PATIENCE, async () => {
    await setFault('', { status: 503, message: 'out of luck' })
    const version = await client.version()
    assert.equal(version.version, undefined)
    assert.equal(version.error, 'out of luck')
    assert.equal((await client.verify('ed25519', 'x', Buffer.alloc(64), Buffer.alloc(32))).valid, undefined)
    const tls = await client.getTlsKey()
    assert.deepEqual([tls.key, tls.certificate_chain, tls.error], [undefined, undefined, 'out of luck'])
    assert.throws(() => tls.asUint8Array(), TypeError)
  })

  test('a status: emitEvent resolves although nothing is recorded', PATIENCE, async () => {
    const before = await eventNames(client)
    await setFault('EmitEvent', { status: 503 })
    assert.equal(await client.emitEvent('lost', 'x'), undefined)
    assert.deepEqual(await eventNames(client), before)
  })

  test('a status: isReachable is true all the same', PATIENCE, async () => {
    await setFault('Info', { status: 503 })
    await becomesReachable(client)
  })

  test('a status for Version does not stop an ed25519 key, which asks for it first', PATIENCE, async () => {
    await setFault('Version', { status: 503, times: 1 })
    assert.equal((await client.getKey('a', 'p', 'ed25519')).key.length, 32)
    assert.deepEqual((await control('Status')).faults, [])
  })

  // --- no answer, and half of one ---

  test('a dropped call rejects', PATIENCE, async () => {
    await client.getKey('a') // over TCP there is a connection to use again
    await setFault('', { drop: true })
    await assert.rejects(client.getKey('a'), DROPPED)
    await assert.rejects(client.getQuote('x'), DROPPED)
    await assert.rejects(client.emitEvent('dropped', 'x'), DROPPED)
    assert.equal(await client.isReachable(), false)
  })

  test('a dropped Version is told as an old OS', PATIENCE, async () => {
    await setFault('Version', { drop: true })
    await assert.rejects(client.getKey('a', 'p', 'ed25519'), /OS version too old/)
    await assert.rejects(client.getTlsKey({ notAfter: 5_000_000_000 }), /OS version too old/)
    assert.equal((await client.getKey('a', 'p')).key.length, 32)
  })

  if (isTcp) {
    test('a cut answer is not noticed: the call waits for 30 seconds', PATIENCE, async (t) => {
      await setFault('GetKey', { cut: true })
      assert.equal((await giveUp(t, () => client.getKey('a'))).message, 'request aborted')
    })
  } else {
    test('a cut answer cannot be parsed', PATIENCE, async () => {
      await setFault('GetKey', { cut: true })
      await assert.rejects(client.getKey('a'), /failed to parse response/)
    })
  }

  test('a cut answer: isReachable is false', PATIENCE, async () => {
    await setFault('Info', { cut: true })
    assert.equal(await client.isReachable(), false)
  })

  // --- too late ---

  test('a delay within the 30 seconds is just slow', PATIENCE, async () => {
    const atOnce = await client.getKey('a')
    await setFault('GetKey', { delay_ms: 50 })
    assert.equal(hex((await client.getKey('a')).key), hex(atOnce.key))
    assert.deepEqual(await hits(), [1])
  })

  test('a delay beyond the 30 seconds rejects, and the client goes on', PATIENCE, async (t) => {
    await setFault('GetKey', { delay_ms: FOREVER })
    assert.equal((await giveUp(t, () => client.getKey('a'))).message, 'request aborted')
    await control('ClearFaults')
    assert.equal((await client.getKey('a')).key.length, 32)
  })

  test('a delay: isReachable is false after half a second', PATIENCE, async () => {
    await setFault('Info', { delay_ms: FOREVER })
    assert.equal(await client.isReachable(), false)
  })

  // --- again ---

  for (const how of [{ status: 503 }, { drop: true }]) {
    test(`${Object.keys(how)}: the SDK does not try again, but a second call works`, PATIENCE, async () => {
      await setFault('GetQuote', { times: 2, ...how })
      await assert.rejects(client.getQuote('x'))
      assert.deepEqual(await hits(), [1])
      await assert.rejects(client.getQuote('x'))
      assert.deepEqual(await hits(), [])
      assert.ok((await client.getQuote('x')).quote)
    })
  }

  test('an event that took too long is recorded, and sent again it is there twice', PATIENCE, async (t) => {
    const before = await eventNames(client)
    await setFault('EmitEvent', { delay_ms: FOREVER })
    assert.equal((await giveUp(t, () => client.emitEvent('late', 'x'))).message, 'request aborted')
    await control('ClearFaults')
    assert.deepEqual(await eventNames(client), [...before, 'late'])
    await client.emitEvent('late', 'x')
    assert.deepEqual(await eventNames(client), [...before, 'late', 'late'])
  })
})

test('the old client: a status rejects with the message, a dropped call as ever', PATIENCE, async () => {
  const tappd = new TappdClient(setting('TAPPD_SOCKET'))
  await setFault('Tappd.TdxQuote', { status: 503, message: 'out of luck', times: 1 })
  await assert.rejects(tappd.tdxQuote('x', 'raw'), new Error('out of luck'))
  await setFault('Tappd.TdxQuote', { drop: true, times: 1 })
  await assert.rejects(tappd.tdxQuote('x', 'raw'), /failed to parse response/)
  assert.ok((await tappd.tdxQuote('x', 'raw')).quote)
})
