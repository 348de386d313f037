// getKey, getTlsKey, sign and verify, and the accounts made from the keys.

import assert from 'node:assert/strict'
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { ed25519 } from '@noble/curves/ed25519'
import { secp256k1 } from '@noble/curves/secp256k1'
import { sha256 } from '@noble/hashes/sha2'
import { DstackClient } from '@phala/dstack-sdk'
import { toKeypair, toKeypairSecure } from '@phala/dstack-sdk/solana'
import { toViemAccount, toViemAccountSecure } from '@phala/dstack-sdk/viem'
import { recoverMessageAddress } from 'viem'
import { PATIENCE, appPublicKey, hex, overEach, publicKey, recover, vectors } from './support.mjs'

const KNOWN = vectors('keys.json')

overEach(['URL', 'SOCKET'], (endpoint) => {
  const client = new DstackClient(endpoint)

  for (const { request, response } of KNOWN.get_key) {
    test(`getKey returns the known ${request.algorithm} key`, PATIENCE, async () => {
      const got = await client.getKey(request.path, request.purpose, request.algorithm)
      assert.equal(hex(got.key), response.key)
      assert.deepEqual(got.signature_chain.map(hex), response.signature_chain)
    })
  }

  test('the app key signs each key', PATIENCE, async () => {
    for (const [path, purpose] of [['', ''], ['/', 'signing'], ['x'.repeat(1000), 'p:q']]) {
      const got = await client.getKey(path, purpose)
      assert.equal(got.signature_chain.length, 2)
      assert.equal(recover(`${purpose}:${publicKey(got.key)}`, got.signature_chain[0]), appPublicKey())
    }
  })

  test('many keys at once', PATIENCE, async () => {
    const paths = Array.from({ length: 50 }, (_, i) => `key/${i}`)
    const atOnce = await Promise.all(paths.map((path) => client.getKey(path)))
    for (const [i, path] of paths.entries()) {
      assert.deepEqual(atOnce[i], await client.getKey(path))
    }
    assert.equal(new Set(atOnce.map((got) => hex(got.key))).size, 50)
  })

  test('viem accounts', PATIENCE, async () => {
    const key = await client.getKey('ethereum')
    const account = toViemAccountSecure(key)
    assert.equal(account.address, toViemAccount(key).address)
    const signature = await account.signMessage({ message: 'Grüße' })
    assert.equal(await recoverMessageAddress({ message: 'Grüße', signature }), account.address)
    const tls = await client.getTlsKey()
    assert.match(toViemAccount(tls).address, /^0x/)
    assert.match(toViemAccountSecure(tls).address, /^0x/)
  })

  test('Solana key pairs', PATIENCE, async () => {
    const key = await client.getKey('solana', 'p', 'ed25519')
    const pair = toKeypairSecure(key)
    assert.deepEqual(pair.secretKey, toKeypair(key).secretKey)
    assert.deepEqual(pair.publicKey.toBytes(), ed25519.getPublicKey(key.key))
    assert.equal(recover(`p:${hex(pair.publicKey.toBytes())}`, key.signature_chain[0]), appPublicKey())
    const tls = await client.getTlsKey()
    assert.deepEqual(toKeypairSecure(tls).secretKey.slice(0, 32), sha256(tls.asUint8Array()))
  })

  test('getTlsKey gives a certificate for a fresh key', PATIENCE, async () => {
    const options = { subject: 'service', altNames: ['example.com', '127.0.0.1'], usageRaTls: true }
    const [one, other] = [await client.getTlsKey(options), await client.getTlsKey(options)]
    assert.notEqual(one.key, other.key)
    const [leaf, ca] = one.certificate_chain.map((pem) => new X509Certificate(pem))
    assert.equal(leaf.subject, 'CN=service')
    assert.equal(leaf.subjectAltName, 'DNS:example.com, IP Address:127.0.0.1')
    assert.ok(leaf.verify(ca.publicKey) && leaf.checkIssued(ca))
    assert.ok(leaf.checkPrivateKey(createPrivateKey(one.key)))
    const der = createPrivateKey({ key: Buffer.from(one.asUint8Array()), format: 'der', type: 'pkcs8' })
    assert.ok(createPublicKey(der).equals(leaf.publicKey))
    assert.deepEqual(one.asUint8Array(32), one.asUint8Array().slice(0, 32))
  })

  test('getTlsKey takes a validity', PATIENCE, async () => {
    const [notBefore, notAfter] = [1_600_000_000, 4_102_444_800]
    const got = await client.getTlsKey({ notBefore, notAfter, withAppInfo: true })
    const leaf = new X509Certificate(got.certificate_chain[0])
    assert.deepEqual([leaf.validFrom, leaf.validTo].map(Date.parse), [notBefore * 1000, notAfter * 1000])
    const refused = await client.getTlsKey({ notBefore: notAfter, notAfter: notBefore })
    assert.match(refused.error, /not_before must be earlier than not_after/)
  })

  for (const { request, response } of KNOWN.sign) {
    test(`sign returns the known ${request.algorithm} signature`, PATIENCE, async () => {
      const got = await client.sign(request.algorithm, Buffer.from(request.data, 'hex'))
      assert.equal(hex(got.signature), response.signature)
      assert.equal(hex(got.public_key), response.public_key)
      assert.deepEqual(got.signature_chain.map(hex), response.signature_chain)
    })
  }

  test('verify tells a good signature from a bad one', PATIENCE, async () => {
    const [data, other] = ['one', 'other'].map((text) => sha256(text))
    for (const algorithm of ['secp256k1', 'k256', 'secp256k1_prehashed', 'ed25519']) {
      const { signature, public_key: key } = await client.sign(algorithm, data)
      assert.equal((await client.verify(algorithm, data, signature, key)).valid, true)
      assert.equal((await client.verify(algorithm, other, signature, key)).valid, false)
    }
  })

  test('a signature holds without the simulator', PATIENCE, async () => {
    const data = Buffer.from('Unterschrift ✍')
    const k256 = await client.sign('secp256k1', data)
    assert.ok(secp256k1.verify(k256.signature, sha256(data), k256.public_key))
    const ed = await client.sign('ed25519', data)
    assert.ok(ed25519.verify(ed.signature, data, ed.public_key))
    for (const got of [k256, ed]) {
      assert.equal(recover(`signing:${hex(got.public_key)}`, got.signature_chain[1]), appPublicKey())
    }
  })

  test('what is refused says why', PATIENCE, async () => {
    const { public_key: key } = await client.sign('ed25519', 'abc')
    const verify = (...asked) => client.verify(...asked).then((got) => got.error)
    assert.match(await verify('rsa', 'abc', 'x', key), /Unsupported algorithm/)
    assert.match(await verify('ed25519', 'abc', 'short', key), /signature error/)
    assert.match(await verify('ed25519', 'abc', Buffer.alloc(64), 'short'), /invalid public key/)
    await assert.rejects(client.sign('rsa', 'abc'))
    await assert.rejects(client.getKey('a', 'p', 'rsa'))
    await assert.rejects(client.sign('secp256k1_prehashed', 'abc'), /32-byte digest, but received 3 bytes/)
  })

  test('version', PATIENCE, async () => {
    const got = await client.version()
    assert.ok(got.version && got.rev)
  })
})
