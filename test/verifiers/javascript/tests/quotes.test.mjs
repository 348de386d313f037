// @phala/dcap-qvl accepts the simulator's quotes, and refuses them once a bit is changed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import qvl from '@phala/dcap-qvl'
import {
  PATIENCE, eventDigest, hex, registers, replay, reportData, simulated, table, tampered,
} from './support.mjs'

const plain = simulated('plain')
const now = () => Math.floor(Date.now() / 1000)

for (const data of [Buffer.alloc(0), Buffer.from('1234', 'hex'), Buffer.alloc(64, 0xff)]) {
  test(`a quote over ${data.length} bytes is accepted`, PATIENCE, async () => {
    const got = await plain.quote(data)
    const report = await plain.verify(got.quote)
    assert.deepEqual([report.status, report.advisory_ids], ['UpToDate', []])
    assert.equal(hex(reportData(got.quote)), hex(data).padEnd(128, '0'))
    assert.deepEqual(replay(got.event_log), registers(got.quote))
  })
}

test('a quote of an OS image of dstack 0.6 is accepted', PATIENCE, async () => {
  const newer = simulated('newer')
  const { quote } = await newer.quote()
  assert.equal((await newer.verify(quote)).status, 'UpToDate')
  assert.notDeepEqual(registers(quote).slice(0, 3), registers((await plain.quote()).quote).slice(0, 3))
})

describe('of an app that asks for', () => {
  for (const row of table('apps.json')) {
    test(`${row.name}: the quote is accepted`, PATIENCE, async () => {
      const app = simulated(`app: ${row.name}`)
      const got = await app.quote()
      assert.equal((await app.verify(got.quote)).status, 'UpToDate')
      assert.equal(got.quote[232], row.mr_config_form)
      const provider = got.event_log.find((event) => event.event === 'key-provider')
      assert.equal(JSON.parse(Buffer.from(provider.event_payload, 'hex')).name, row.key_provider)
      if (!row.members.event_log_version) assert.deepEqual(replay(got.event_log), registers(got.quote))
    })
  }
})

test('a quote ends as Intel\'s, and is accepted without its zeros', PATIENCE, async () => {
  const { quote } = await plain.quote()
  const end = 636 + quote.readUInt32LE(632)
  assert.ok(quote.subarray(0, end).toString('latin1').endsWith('-----END CERTIFICATE-----\n\0'))
  assert.deepEqual(quote.subarray(end), Buffer.alloc(70))
  assert.equal((await plain.verify(quote.subarray(0, end))).status, 'UpToDate')
})

test('a quote after an event is accepted', PATIENCE, async () => {
  const before = await plain.quote()
  await plain.call('DstackGuest.EmitEvent', { event: 'größer', payload: '00ff' })
  const after = await plain.quote()
  assert.equal((await plain.verify(after.quote)).status, 'UpToDate')
  assert.deepEqual(replay(after.event_log), registers(after.quote))
  assert.notDeepEqual(replay(before.event_log), registers(after.quote))
})

describe('a quote is refused with another', () => {
  for (const row of table('tampering.json')) {
    test(row.part, PATIENCE, async () => {
      const quote = tampered((await plain.quote()).quote, row)
      await assert.rejects(plain.verify(quote), { message: new RegExp(row.dcap_qvl) })
    })
  }
})

test('the signature of another quote is refused', PATIENCE, async () => {
  const { quote: one } = await plain.quote(Buffer.from('one'))
  const { quote: other } = await plain.quote(Buffer.from('other'))
  const mixed = Buffer.concat([one.subarray(0, 636), other.subarray(636, 700), one.subarray(700)])
  await assert.rejects(plain.verify(mixed), /signature/)
})

test('a quote cut short is refused', PATIENCE, async () => {
  const { quote } = await plain.quote()
  const collateral = await qvl.getCollateral(plain.url, quote)
  const verifier = new qvl.QuoteVerifier(await plain.root())
  for (const length of [0, 47, 48, 631, 636, 700, 1254, 2000]) {
    assert.throws(() => verifier.verify(quote.subarray(0, length), collateral, now()), `${length} bytes`)
  }
})

test('other roots are refused', PATIENCE, async () => {
  const stranger = simulated('stranger')
  const { quote } = await plain.quote()
  const collateral = await qvl.getCollateral(plain.url, quote)
  const roots = [await stranger.root(), undefined]
  for (const root of roots) {
    assert.throws(() => new qvl.QuoteVerifier(root).verify(quote, collateral, now()), /certificate chain/)
  }
  assert.equal((await stranger.verify((await stranger.quote()).quote)).status, 'UpToDate')
})

const CHANGES = {
  'lost event': (log) => log.slice(0, -1),
  'repeated event': (log) => [...log, log.at(-1)],
  'renamed event': (log) => log.with(-1, { ...log.at(-1), event: 'another' }),
  'other payload': (log) => log.with(-1, { ...log.at(-1), event_payload: '02' }),
  'other digest': (log) => log.with(0, { ...log[0], digest: log[1].digest }),
  'event of another register': (log) => log.with(-1, { ...log.at(-1), imr: 2 }),
}

describe('an event log leads elsewhere with', () => {
  for (const [name, change] of Object.entries(CHANGES)) {
    test(`a ${name}`, PATIENCE, async () => {
      await plain.call('DstackGuest.EmitEvent', { event: 'to be changed', payload: '01' })
      const got = await plain.quote()
      assert.deepEqual(replay(got.event_log), registers(got.quote))
      assert.notDeepEqual(replay(change(got.event_log)), registers(got.quote))
    })
  }
})

test('digests of runtime events are what they should be', PATIENCE, async () => {
  for (const event of (await plain.quote()).event_log) {
    assert.equal(hex(eventDigest(event)), event.digest)
  }
})
