// What is wrong with a platform shows in the verdict of @phala/dcap-qvl.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PATIENCE, simulated, table, urls } from './support.mjs'

// Of a fresh quote, unless one is given.
async function assertVerdict(simulator, expected, before) {
  const { quote } = before ?? await simulator.quote()
  if (expected.refused) {
    await assert.rejects(simulator.verify(quote), { message: new RegExp(expected.refused) })
  } else {
    const report = await simulator.verify(quote)
    assert.deepEqual([report.status, report.advisory_ids], [expected.status, expected.advisories])
  }
}

// Where this package differs from the one for Python, a row has a verdict for each.
const verdictOn = (scenario) => scenario.dcap_qvl_js ?? scenario.dcap_qvl

describe('started with options', () => {
  for (const scenario of table('scenarios.json').filter(({ name }) => name in urls())) {
    test(scenario.name, PATIENCE, async () => {
      await assertVerdict(simulated(scenario.name), verdictOn(scenario))
    })
  }
})

describe('set while running', () => {
  const changing = simulated('changing')
  for (const scenario of table('scenarios.json')) {
    test(scenario.name, PATIENCE, async () => {
      const before = scenario.quoted_before ? await changing.quote() : undefined
      try {
        await changing.call('Simulator.SetPlatform', scenario.platform)
        await assertVerdict(changing, verdictOn(scenario), before)
      } finally {
        await changing.call('Simulator.SetPlatform')
      }
      await assertVerdict(changing, { status: 'UpToDate', advisories: [] })
    })
  }
})
