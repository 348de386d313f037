// Asks for the VMM's token, which stays in the memory of this page.
import { setToken } from './api.js'
import { element, setText } from './dom.js'

export function makeToken(given) {
  const field = element('input', { id: 'vmm-token', type: 'password', autocomplete: 'off', required: true })
  const wrong = element('output', { className: 'result' })
  const form = element('form', { id: 'token-form', hidden: true },
    element('p', { className: 'soft' }, 'The VMM asks for the token that the simulator was started with, ',
      element('code', {}, '--vmm-token'), '. This page keeps it in its memory only.'),
    element('label', { htmlFor: field.id }, 'Token'), field,
    element('div', { className: 'actions' }, element('button', { className: 'primary' }, 'Use it')), wrong)
  let isGiven = false

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    setToken(field.value)
    field.value = ''
    isGiven = true
    form.hidden = true
    given()
  })

  function show() {
    wrong.classList.toggle('error', isGiven)
    setText(wrong, isGiven ? 'This is not the token' : '')
    form.hidden = false
  }

  return { node: form, show, hide: () => { form.hidden = true } }
}
