// Building the page from text alone: whatever comes from the simulator is shown, never read as markup.

export const byId = (id) => document.getElementById(id)

// element('p', { className: 'empty' }, 'text', otherElement)
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

// Sets text only where it changes, so that a selection or a screen reader is left in peace.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

// Characters that are not seen, or that turn the order of others: controls, bidi marks and
// overrides, zero-width ones, and halves of surrogate pairs.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

// A text of anybody's, with what cannot be seen spelled out.
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

// The whole value; where there is no room, its middle is left out by the style sheet.
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

// Where the page is not on localhost or HTTPS, browsers know the old way alone.
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
  say(done ? 'copied' : 'the browser does not let this page copy')
  if (!done) return
  button.classList.add('done')
  setTimeout(() => button.classList.remove('done'), 1200)
}

// A small button that copies what `text()` gives at that moment.
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

// The text that the bytes are, or null when they are none that people read.
export function textOfHex(hex, isCut) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOfHex(hex), { stream: isCut })
    return /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) ? null : text
  } catch {
    return null
  }
}
