// Buttons and forms that do something, and where they say what came of it.
import { byId, spell } from './dom.js'

const place = (result) => (typeof result === 'string' ? byId(result) : result)

function say(result, text, isError) {
  place(result).classList.toggle('error', isError)
  place(result).replaceChildren(spell(text))
}

// act(button, result, action) runs an action and shows its result, or the message of its error, in
// an element, given as such or by its id. The button is busy meanwhile. `after` is called at the end.
export function makeAct(after) {
  return async function act(button, result, action) {
    if (button.getAttribute('aria-busy') === 'true') return
    button.setAttribute('aria-busy', 'true')
    say(result, '', false)
    try {
      say(result, await action(), false)
    } catch (error) {
      say(result, error.message, true)
    }
    button.removeAttribute('aria-busy')
    after()
  }
}

export function onSubmit(form, act, result, action) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    act(event.submitter ?? form.querySelector('.primary'), result, action)
  })
}

export function onClick(id, act, result, action) {
  byId(id).addEventListener('click', (event) => act(event.currentTarget, result, action))
}

// Anything that is not a number is sent as typed: the API reports what is wrong with it.
export const numberOf = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : text)
