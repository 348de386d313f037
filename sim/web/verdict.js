// Shows the result of /verify: the verdict, the reason and the steps.
import { addStyle, element, hash, spell } from './dom.js'

await addStyle('verdict.css')

const MARKS = { good: '✓', bad: '✗', caution: '!', none: '–' }

function step(kind, name, word) {
  return element('li', { className: kind }, element('span', { className: 'mark', ariaHidden: 'true' }, MARKS[kind]),
    element('span', {}, name), element('span', { className: 'word' }, word))
}

// Verification stops at the first step that fails.
function steps(details) {
  const list = element('ul', { className: 'steps' })
  let isReached = true
  for (const [name, passed] of [
    ['Quote, certificates, collateral, event log', details.quote_verified],
    ['OS image hash', details.os_image_hash_verified],
    ['App identity', details.event_log_verified],
  ]) {
    const kind = passed ? 'good' : isReached ? 'bad' : 'none'
    list.append(step(kind, name, { good: 'passed', bad: 'failed', none: 'not reached' }[kind]))
    isReached = isReached && passed
  }
  if (details.tcb_status === null) {
    list.append(step('none', 'TCB status', 'not reached'))
  } else {
    list.append(step(details.tcb_status === 'UpToDate' ? 'good' : 'caution', 'TCB status', details.tcb_status))
  }
  for (const id of details.advisory_ids) list.append(step('caution', 'Advisory', id))
  return list
}

function facts(details) {
  const list = element('dl', { className: 'details' })
  const add = (name, value) => list.append(element('div', {}, element('dt', {}, name), element('dd', {}, value)))
  if (details.report_data) add('report data', hash(details.report_data))
  if (details.app_info) {
    add('app id', hash(details.app_info.app_id))
    add('compose hash', hash(details.app_info.compose_hash))
    add('OS image hash', hash(details.app_info.os_image_hash))
  }
  if (details.key_provider) add('key provider', spell(details.key_provider.name))
  return list
}

// good, caution or bad, and a headline.
function judge(answer) {
  if (!answer.is_valid) return ['bad', 'Not valid']
  const status = answer.details.tcb_status
  if (status !== 'UpToDate') return ['caution', `Valid, but the platform is ${status}`]
  if (answer.details.advisory_ids.length > 0) return ['caution', 'Valid, but there are advisories']
  return ['good', 'Valid']
}

export function showVerdict(place, answer) {
  const [kind, headline] = judge(answer)
  const shown = element('div', { className: `verdict ${kind}` },
    element('h3', {}, element('span', { className: 'mark', ariaHidden: 'true' }, MARKS[kind]), headline))
  if (answer.reason) shown.append(element('p', {}, spell(answer.reason)))
  if (kind === 'caution') shown.append(element('p', {}, 'A verifier’s policy decides whether that is acceptable.'))
  shown.append(steps(answer.details), facts(answer.details))
  place.replaceChildren(shown)
}
