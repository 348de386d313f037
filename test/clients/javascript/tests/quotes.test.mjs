// getQuote, attest, emitEvent and info.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { sha256 } from '@noble/hashes/sha2'
import { DstackClient, getComposeHash } from '@phala/dstack-sdk'
import {
  PATIENCE, RUNTIME_EVENT, assertReplays, becomesReachable, hex, overEach, quoteReportData, quoteRtmrs,
  runtimeDigest, setting,
} from './support.mjs'

const EVENTS = { 'js-event': Buffer.from('payload'), empty: Buffer.alloc(0), bytes: Buffer.from([0, 255]) }

overEach(['URL', 'SOCKET'], (endpoint) => {
  const client = new DstackClient(endpoint)

  for (const data of ['', 'x', 'größer als 世界', Buffer.alloc(64, 0xff), new Uint8Array([0, 1])]) {
    test(`a quote carries ${data.length} of report data`, PATIENCE, async () => {
      const got = await client.getQuote(data)
      const padded = hex(Buffer.from(data)).padEnd(128, '0')
      assert.equal(quoteReportData(got.quote), padded)
      assert.equal(got.report_data, padded)
      assertReplays(got)
    })
  }

  test('65 bytes are too many', PATIENCE, async () => {
    await assert.rejects(client.getQuote(Buffer.alloc(65)), /too large/)
    await assert.rejects(client.attest(Buffer.alloc(65)), /too large/)
  })

  test('an attestation contains the quote', PATIENCE, async () => {
    const got = await client.attest('größer')
    assert.ok(got.attestation.startsWith('0000'))
    assert.ok(got.attestation.includes((await client.getQuote('größer')).quote))
  })

  for (const [name, payload] of Object.entries(EVENTS)) {
    test(`the event ${name} shows in the next quote`, PATIENCE, async () => {
      const before = JSON.parse((await client.getQuote('x')).event_log)
      assert.equal(await client.emitEvent(name, payload), undefined)
      const after = await client.getQuote('x')
      assertReplays(after)
      const log = JSON.parse(after.event_log)
      const digest = runtimeDigest(name, payload)
      const event = { imr: 3, event_type: RUNTIME_EVENT, digest, event: name, event_payload: hex(payload) }
      assert.deepEqual(log, [...before, event])
    })
  }

  test('events and quotes at once', PATIENCE, async () => {
    const names = Array.from({ length: 20 }, (_, i) => `at-once-${i}`)
    const before = JSON.parse((await client.getQuote('x')).event_log)
    const quotes = await Promise.all(names.map(async (name) => {
      await client.emitEvent(name, name)
      return client.getQuote('meanwhile')
    }))
    const after = await client.getQuote('x')
    for (const quote of [...quotes, after]) {
      assertReplays(quote)
    }
    const added = JSON.parse(after.event_log).slice(before.length)
    assert.deepEqual(added.map((event) => event.event).sort(), names.sort())
  })

  test('info agrees with the quote', PATIENCE, async () => {
    const [info, quote] = [await client.info(), await client.getQuote('info')]
    const { tcb_info: tcb } = info
    assert.deepEqual([tcb.rtmr0, tcb.rtmr1, tcb.rtmr2, tcb.rtmr3], quoteRtmrs(quote.quote))
    assert.deepEqual(tcb.event_log, JSON.parse(quote.event_log))
    assert.equal(info.vm_config, quote.vm_config)
    assert.equal(info.compose_hash, hex(sha256(tcb.app_compose)))
    assert.equal(info.app_id, info.compose_hash.slice(0, 40))
    assert.equal(JSON.parse(info.key_provider_info).name, 'kms')
    assert.equal(info.app_cert.match(/BEGIN CERTIFICATE/g).length, 2)
  })

  test('is reachable', PATIENCE, async () => {
    await becomesReachable(client)
  })
})

overEach(['NAMED_URL', 'NAMED_SOCKET'], (endpoint) => {
  test('an app may have any name', PATIENCE, async () => {
    const text = fs.readFileSync(setting('COMPOSE'), 'utf8')
    const info = await new DstackClient(endpoint).info()
    assert.equal(info.app_name, JSON.parse(text).name)
    assert.equal(info.tcb_info.app_compose, text)
    assert.equal(info.compose_hash, getComposeHash(JSON.parse(text)))
  })
})
