// Calls the simulator's API. An error response becomes an Error with its message.

const PATIENCE_MS = 60000

export class Gone extends Error {}

async function readAnswer(response) {
  const text = await response.text()
  let answer
  try {
    answer = JSON.parse(text)
  } catch {
    throw new Error(`the simulator answered ${response.status} with something that is not JSON`)
  }
  if (!response.ok) throw new Error(answer?.error ?? `the simulator answered ${response.status}`)
  return answer
}

// body: an object, or JSON text.
export async function call(path, body = {}, patience = PATIENCE_MS) {
  let response
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
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
