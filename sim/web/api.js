// Calls of the simulator's API. What it refuses is an Error with the sentence it says.

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

// body: an object, or a text that is JSON already.
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
      throw new Gone('there was no answer from the simulator')
    }
    throw error
  }
}
