// The key that environments are encrypted to, as the SDK checks it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyEnvEncryptPublicKey, verifyEnvEncryptPublicKeyLegacy } from '@phala/dstack-sdk'
import { PATIENCE, setting, vectors } from './support.mjs'

test("the SDK's check of a KMS's signature", PATIENCE, async () => {
  const known = vectors('keys.json').env_encrypt_public_key
  const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'))
  const signed = [bytes(known.public_key), bytes(known.signature), known.app_id]
  assert.equal(verifyEnvEncryptPublicKeyLegacy(...signed), `0x${known.recovered_kms_key}`)

  const kms = async (method, body) => {
    const url = `${setting('URL')}/prpc/KMS.${method}`
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const { k256_pubkey: root } = await kms('GetMeta', {})
  const got = await kms('GetAppEnvEncryptPubKey', { app_id: known.app_id })
  const [key, signature, v1] = [got.public_key, got.signature, got.signature_v1].map(bytes)
  assert.equal(verifyEnvEncryptPublicKeyLegacy(key, signature, known.app_id), `0x${root}`)
  assert.equal(verifyEnvEncryptPublicKey(key, v1, known.app_id, got.timestamp), `0x${root}`)
})
