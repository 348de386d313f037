// Calls the simulator's API. An error response becomes an Error with its message and status.

const PATIENCE_MS = 60000

export class Gone extends Error {}

let token = '' // of the VMM; it is kept here only
let credentials = 'omit'
let td = '' // where the methods of the TD are that the page shows

export function setToken(given) {
  token = given
}

export function setTd(id) {
  td = id ? `vm/${encodeURIComponent(id)}/` : ''
}

const asksEverywhere = async () => (await fetch('simulator/icon.svg', { credentials: 'omit' })).status === 401

// The answer as it comes. Where the token is asked for everywhere, the browser has it: it has loaded this page.
export async function ask(path, options) {
  const headers = token ? { ...options.headers, Authorization: `Bearer ${token}` } : options.headers
  const response = await fetch(path, { ...options, headers, credentials, cache: 'no-store' })
  if (response.status !== 401 || token || credentials !== 'omit' || !await asksEverywhere()) return response
  credentials = 'same-origin'
  return ask(path, options)
}

async function readAnswer(response) {
  const { ok, status } = response
  const text = await response.text()
  let answer
  try {
    answer = status === 401 ? { error: 'the VMM asks for its token' } : JSON.parse(text)
  } catch {
    throw new Error(`the simulator answered ${status} with something that is not JSON`)
  }
  if (!ok) throw Object.assign(new Error(answer?.error ?? `the simulator answered ${status}`), { status })
  return answer
}

// body: an object, or JSON text.
export async function call(path, body = {}, patience = PATIENCE_MS) {
  let response
  try {
    response = await ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    })
    return await readAnswer(response)
  } catch (error) {
    if (response === undefined || error instanceof TypeError || error instanceof DOMException) {
      throw new Gone('the simulator did not answer')
    }
    throw error
  }
}

// A method of the TD that the page shows.
export const callTd = (path, ...more) => call(td + path, ...more)
