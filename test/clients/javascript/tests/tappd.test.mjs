// TappdClient: what programs written for dstack 0.3 call.

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2'
import {
  keccak_256, keccak_384, keccak_512, sha3_256, sha3_384, sha3_512,
} from '@noble/hashes/sha3'
import { TappdClient } from '@phala/dstack-sdk'
import { PATIENCE, assertReplays, becomesReachable, hex, overEach, quoteReportData, vectors } from './support.mjs'

const HASHES = {
  sha256, sha384, sha512, 'sha3-256': sha3_256, 'sha3-384': sha3_384, 'sha3-512': sha3_512,
  keccak256: keccak_256, keccak384: keccak_384, keccak512: keccak_512,
}

const hashed = (algorithm, text) => hex(HASHES[algorithm](`app-data:${text}`)).padEnd(128, '0')

overEach(['URL', 'TAPPD_SOCKET'], (endpoint) => {
  const client = new TappdClient(endpoint)

  test('deriveKey returns the known key', PATIENCE, async () => {
    const known = vectors('keys.json').tappd_derive_key
    const got = await client.deriveKey(known.request.path, known.request.subject)
    assert.equal(got.key, known.response_key)
    const [leaf, ca] = got.certificate_chain.map((pem) => new X509Certificate(pem))
    assert.equal(leaf.subject, 'CN=s')
    assert.ok(leaf.verify(ca.publicKey))
  })

  test('deriveKey depends on the path alone', PATIENCE, async () => {
    const one = await client.deriveKey('a')
    assert.equal((await client.deriveKey('a', 'x', ['example.com', '::1'])).key, one.key)
    assert.notEqual((await client.deriveKey('b')).key, one.key)
  })

  for (const algorithm of Object.keys(HASHES)) {
    test(`a quote over ${algorithm}`, PATIENCE, async () => {
      const got = await client.tdxQuote('größer', algorithm)
      assert.equal(quoteReportData(got.quote), hashed(algorithm, 'größer'))
      assert.equal(got.hash_algorithm, algorithm)
      assertReplays(got)
    })
  }

  test('sha512 is the default', PATIENCE, async () => {
    const got = await client.tdxQuote('')
    assert.equal(quoteReportData(got.quote), hashed('sha512', ''))
    assert.deepEqual([got.hash_algorithm, got.prefix], ['sha512', 'app-data'])
  })

  test('a raw quote is filled from the left by the SDK', PATIENCE, async () => {
    const got = await client.tdxQuote('abc', 'raw')
    assert.equal(quoteReportData(got.quote), hex(Buffer.from('abc')).padStart(128, '0'))
    assert.deepEqual([got.hash_algorithm, got.prefix], ['raw', ''])
  })

  test('an unknown hash is refused', PATIENCE, async () => {
    await assert.rejects(client.tdxQuote('abc', 'md5'), /invalid hash algorithm/)
  })

  test('the newer methods', PATIENCE, async () => {
    const known = vectors('keys.json').get_key[0]
    assert.equal(hex((await client.getKey('a', 'p')).key), known.response.key)
    const info = await client.info()
    assertReplays(await client.getQuote('x'))
    assert.equal(info.tcb_info.rtmr3.length, 96)
    await becomesReachable(client)
  })
})
