// Builds the page from text only: nothing from the simulator is ever parsed as markup.

export const byId = (id) => document.getElementById(id)

// element('p', { className: 'empty' }, 'text', otherElement)
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

// A style sheet that only some of the page needs; it has an effect once that resolves. One that could not be loaded
// is asked for again: the module that waits for it is evaluated only once, so it must not fail with it.
export function addStyle(name) {
  const link = element('link', { rel: 'stylesheet', href: `simulator/${name}` })
  document.head.append(link)
  link.addEventListener('error', () => setTimeout(() => { link.href += '' }, 1000))
  return new Promise((resolve) => { for (const end of ['load', 'error']) link.addEventListener(end, resolve) })
}

export const plural = (count, noun) => (count === 1 ? `1 ${noun}` : `${count} ${noun}s`)

// Sets text only if it changes, so that selections and screen readers are not disturbed.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

// Characters that are invisible or reorder others: controls, bidi marks and overrides, zero-width
// characters, and lone surrogates.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

// Untrusted text, with invisible characters spelled out.
export function spell(text) {
  const shown = element('bdi')
  let at = 0
  for (const match of text.matchAll(HIDDEN)) {
    const code = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, '0')
    shown.append(text.slice(at, match.index), element('span', { className: 'escape' }, `U+${code}`))
    at = match.index + match[0].length
  }
  shown.append(text.slice(at))
  return shown
}

// --- hashes ---

const TAIL = 8

// The whole value; the style sheet elides its middle if there is no room.
export function setHash(code, hex) {
  if (code.textContent === hex) return
  code.title = hex
  code.replaceChildren(element('span', { className: 'front' }, hex.slice(0, -TAIL)),
    element('span', { className: 'tail' }, hex.slice(-TAIL)))
}

export function hash(hex) {
  const code = element('code', { className: 'hash' })
  setHash(code, hex)
  return code
}

// --- copying ---

export function say(text) {
  byId('said').textContent = text
}

// Browsers offer navigator.clipboard only on localhost and HTTPS.
function copyTheOldWay(text) {
  const area = element('textarea', { value: text, className: 'visually-hidden' })
  const focused = document.activeElement
  const place = focused?.closest('dialog') ?? document.body
  place.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  focused?.focus()
  return done
}

export async function copy(text, button) {
  let done = true
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    done = copyTheOldWay(text)
  }
  say(done ? 'copied' : 'the browser does not allow this page to copy')
  if (!done) return
  button.classList.add('done')
  setTimeout(() => button.classList.remove('done'), 1200)
}

// A small button that copies what `text()` returns when it is pressed.
export function copyButton(what, text) {
  const button = element('button', { type: 'button', className: 'copy', title: `Copy ${what}` })
  button.setAttribute('aria-label', `Copy ${what}`)
  button.addEventListener('click', () => copy(text(), button))
  return button
}

// --- hex ---

export function hexOfText(text) {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function bytesOfHex(hex) {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

// The bytes as text, or null if they are not readable text.
export function textOfHex(hex, isCut) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOfHex(hex), { stream: isCut })
    return /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) ? null : text
  } catch {
    return null
  }
}
