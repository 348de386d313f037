// A list whose rows are one stop for the Tab key (a "roving tabindex"): the arrow keys, Home and End move within it.

const STEPS = {
  ArrowDown: (row) => row.nextElementSibling,
  ArrowUp: (row) => row.previousElementSibling,
  Home: (row) => row.parentElement.firstElementChild,
  End: (row) => row.parentElement.lastElementChild,
}

const summaryOf = (row) => row.querySelector(':scope > details > summary')

// The row that a key leads to; rows without a summary, such as dividers, are skipped.
function target(row, key) {
  const next = { Home: 'ArrowDown', End: 'ArrowUp' }[key] ?? key
  let found = STEPS[key](row)
  while (found && !summaryOf(found)) found = STEPS[next](found)
  return found
}

// list: an ordered list of <li><details><summary>. Call the returned function after rows were
// added or removed.
export function makeRoving(list) {
  let current = null // the row that Tab leads to

  function choose(row) {
    if (current === row) return
    if (current) summaryOf(current).tabIndex = -1
    current = row
    if (current) summaryOf(current).tabIndex = 0
  }

  list.addEventListener('focusin', (event) => {
    if (event.target.matches('summary')) choose(event.target.closest('li'))
  })
  list.addEventListener('keydown', (event) => {
    if (!(event.key in STEPS) || !event.target.matches('summary')) return
    event.preventDefault()
    const row = target(event.target.closest('li'), event.key)
    if (row) summaryOf(row).focus()
  })

  return function refresh(added) {
    for (const row of added) if (summaryOf(row)) summaryOf(row).tabIndex = -1
    if (current && !current.isConnected) current = null
    if (!current) choose(Array.from(list.children).find(summaryOf) ?? null)
  }
}
