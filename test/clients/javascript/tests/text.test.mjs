// Text beyond ASCII. Over TCP it just works. Over a Unix socket the SDK counts
// characters where HTTP counts bytes: it sends such a request with too small a
// Content-Length, and what matters is that the answer comes and that neither
// side waits for the other. None of these tests looks at a clock; each has to end.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { DstackClient, TappdClient } from '@phala/dstack-sdk'
import { PATIENCE, appPublicKey, assertReplays, becomesReachable, publicKey, recover, setting } from './support.mjs'

const TEXT = 'Bücher 世界 🚀'

describe('over TCP', () => {
  const client = new DstackClient(setting('URL'))

  test('a subject', PATIENCE, async () => {
    const got = await client.getTlsKey({ subject: TEXT })
    assert.ok(new X509Certificate(got.certificate_chain[0]).subject.startsWith('CN='))
    assert.equal(new X509Certificate(got.certificate_chain[0]).toLegacyObject().subject.CN, TEXT)
  })

  test('an event', PATIENCE, async () => {
    await client.emitEvent(TEXT, TEXT)
    const quote = await client.getQuote(TEXT)
    assertReplays(quote)
    const last = JSON.parse(quote.event_log).at(-1)
    assert.equal(last.event, TEXT)
    assert.equal(last.event_payload, Buffer.from(TEXT).toString('hex'))
  })

  test('a path and a purpose', PATIENCE, async () => {
    const got = await client.getKey(TEXT, TEXT)
    assert.equal(recover(`${TEXT}:${publicKey(got.key)}`, got.signature_chain[0]), appPublicKey())
  })
})

describe('over a Unix socket', () => {
  const client = new DstackClient(setting('SOCKET'))
  const events = async () => JSON.parse((await client.getQuote('x')).event_log).length

  test('a cut request is refused and the next one is served', PATIENCE, async () => {
    const got = await client.getTlsKey({ subject: TEXT })
    assert.equal(typeof got.error, 'string')
    await assert.rejects(client.getKey(TEXT))
    assert.equal((await client.getKey('a')).key.length, 32)
  })

  test('a cut event is not recorded', PATIENCE, async () => {
    const before = await events()
    await client.emitEvent(TEXT, 'x')
    assert.equal(await events(), before)
  })

  test('many cut requests at once', PATIENCE, async () => {
    const asked = Array.from({ length: 20 }, () => client.getTlsKey({ subject: TEXT }))
    for (const got of await Promise.all(asked)) {
      assert.equal(typeof got.error, 'string')
    }
    await becomesReachable(client)
  })

  test('an event log beyond ASCII is read', PATIENCE, async () => {
    await new DstackClient(setting('URL')).emitEvent(`${TEXT} again`, '')
    const quote = await client.getQuote('x')
    assertReplays(quote)
    assert.equal(JSON.parse(quote.event_log).at(-1).event, `${TEXT} again`)
    const { tcb_info: tcb } = await client.info()
    assert.equal(tcb.event_log.at(-1).event, `${TEXT} again`)
    const old = await new TappdClient(setting('TAPPD_SOCKET')).info()
    assert.deepEqual(old.tcb_info.event_log, tcb.event_log)
  })
})
