// What the tests share: settings, known numbers, and how to read a quote and a
// signature without the simulator's help.

import assert from 'node:assert/strict'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { describe } from 'node:test'
import { secp256k1 } from '@noble/curves/secp256k1'
import { sha384 } from '@noble/hashes/sha2'
import { keccak_256 } from '@noble/hashes/sha3'

// Only ends a test that hangs; the SDK itself gives up after 30 s.
export const PATIENCE = { timeout: 120_000 }

export const RUNTIME_EVENT = 0x08000001

/** A setting the launcher passes in, by the end of its name. */
export function setting(name) {
  const value = process.env[`CLIENT_TEST_${name}`]
  assert.ok(value, `CLIENT_TEST_${name} is not set: start with test/clients/run javascript`)
  return value
}

export function vectors(file) {
  return JSON.parse(fs.readFileSync(path.join(setting('VECTORS'), file), 'utf8'))
}

/** The SDK itself waits for half a second only, which a busy machine may need. */
export async function becomesReachable(client) {
  while (!(await client.isReachable()));
}

/** What the Simulator answers: the same one for either transport. */
export function control(name, args = {}) {
  return new Promise((resolve, reject) => {
    const url = `${setting('URL')}/prpc/Simulator.${name}`
    const headers = { 'Content-Type': 'application/json' }
    const request = http.request(url, { method: 'POST', headers, agent: false }, async (response) => {
      const text = (await response.toArray()).join('')
      response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))
    })
    request.on('error', reject).end(JSON.stringify(args))
  })
}

export const setFault = (method, how) => control('SetFault', { method, ...how })

/** Runs the tests once for each endpoint, given by the names of settings. */
export function overEach(names, tests) {
  for (const name of names) {
    describe(name, () => tests(setting(name)))
  }
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex')

const tdReport = (quote, offset, length) => {
  const start = 2 * (48 + offset)
  return quote.slice(start, start + 2 * length)
}

/** RTMR0 to RTMR3 of a quote in hex, in the shape of the SDK's replay. */
export const quoteRtmrs = (quote) => [0, 1, 2, 3].map((i) => tdReport(quote, 328 + 48 * i, 48))

export const quoteReportData = (quote) => tdReport(quote, 520, 64)

export function assertReplays(response) {
  assert.deepEqual(response.replayRtmrs(), quoteRtmrs(response.quote))
}

export function runtimeDigest(name, payload) {
  const type = Buffer.alloc(4)
  type.writeUInt32LE(RUNTIME_EVENT)
  return hex(sha384(Buffer.concat([type, Buffer.from(`:${name}:`), payload])))
}

export const publicKey = (privateKey) => hex(secp256k1.getPublicKey(privateKey, true))

export const appPublicKey = () => publicKey(vectors('appkeys.json').k256_key)

/** Who signed the Keccak-256 of the text, compressed. */
export function recover(text, signature) {
  assert.equal(signature.length, 65)
  const parsed = secp256k1.Signature.fromCompact(signature.slice(0, 64)).addRecoveryBit(signature[64])
  return parsed.recoverPublicKey(keccak_256(text)).toHex(true)
}
