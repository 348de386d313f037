// What the tests share: a simulator as a relying party sees it, and how to read a
// quote and an event log without the simulator's help.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import qvl from '@phala/dcap-qvl'

// Only ends a test that hangs.
export const PATIENCE = { timeout: 60_000 }

const RUNTIME_EVENT = 0x08000001

function setting(name) {
  const value = process.env[`VERIFIER_TEST_${name}`]
  assert.ok(value, `VERIFIER_TEST_${name} is not set: start with test/verifiers/run javascript`)
  return value
}

export const urls = () => JSON.parse(setting('URLS'))

export const table = (file) => JSON.parse(fs.readFileSync(path.join(setting('TABLES'), file), 'utf8'))

// The verifier may fetch from the simulators and from nowhere else.
const fetchAnything = globalThis.fetch
globalThis.fetch = async (url, options) => {
  assert.ok(Object.values(urls()).includes(new URL(url).origin), `the verifier asks ${url}`)
  return fetchAnything(url, options)
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex')

/** A running simulator: what it answers, and what dcap-qvl says of its quotes. */
export class Simulated {
  constructor(url) {
    this.url = url
  }

  async call(method, body = {}) {
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${this.url}/prpc/${method}`, request)
    assert.equal(answer.status, 200, await answer.clone().text())
    return answer.json()
  }

  /** The answer of GetQuote, its quote as bytes and its event log as a list. */
  async quote(reportData = Buffer.from('1234', 'hex')) {
    const answer = await this.call('DstackGuest.GetQuote', { report_data: hex(reportData) })
    return { ...answer, quote: Buffer.from(answer.quote, 'hex'), event_log: JSON.parse(answer.event_log) }
  }

  async root() {
    const answer = await fetch(`${this.url}/simulator/root-ca.der`)
    return Buffer.from(await answer.arrayBuffer())
  }

  /** The report of dcap-qvl with this simulator's collateral and root; an Error if it refuses. */
  async verify(quote) {
    const collateral = await qvl.getCollateral(this.url, quote)
    return new qvl.QuoteVerifier(await this.root()).verify(quote, collateral, Math.floor(Date.now() / 1000))
  }
}

export const simulated = (name) => new Simulated(urls()[name])

/** From version 5 on, it comes after its type and size. */
const tdReport = (quote) => quote.subarray(quote[0] === 4 ? 48 : 54)

export const reportData = (quote) => tdReport(quote).subarray(520, 584)

/** RTMR0 to RTMR3 in hex. */
export const registers = (quote) => [0, 1, 2, 3].map((i) => hex(tdReport(quote).subarray(328 + 48 * i, 376 + 48 * i)))

/** The bytes with the lowest bit of one of them flipped. */
function flipped(bytes, at) {
  const copy = Buffer.from(bytes)
  copy[at] ^= 1
  return copy
}

/** The quote changed as a row of tampering.json says. */
export function tampered(quote, row) {
  if (row.certificate === undefined) {
    return flipped(quote, row.at)
  }
  let count = 0
  const chain = /(-----BEGIN CERTIFICATE-----\n)([^-]*)/g
  return Buffer.from(quote.toString('latin1').replace(chain, (block, begin, base64) => {
    if (count++ !== row.certificate) {
      return block
    }
    const text = flipped(Buffer.from(base64, 'base64'), row.at).toString('base64')
    return `${begin}${text.match(/.{1,64}/g).join('\n')}\n`
  }), 'latin1')
}

const sha384 = (...parts) => createHash('sha384').update(Buffer.concat(parts)).digest()

/** What an event extends its register by; a runtime event's digest is computed. */
export function eventDigest(event) {
  if (event.event_type !== RUNTIME_EVENT) {
    return Buffer.from(event.digest, 'hex')
  }
  const type = Buffer.alloc(4)
  type.writeUInt32LE(RUNTIME_EVENT)
  return sha384(type, Buffer.from(`:${event.event}:`), Buffer.from(event.event_payload, 'hex'))
}

/** The registers that an event log leads to, in hex. */
export function replay(eventLog) {
  const found = [0, 1, 2, 3].map(() => Buffer.alloc(48))
  for (const event of eventLog) {
    found[event.imr] = sha384(found[event.imr], eventDigest(event))
  }
  return found.map(hex)
}
