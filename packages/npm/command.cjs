#!/usr/bin/env node
// The command dstack-simulator.
'use strict'

const { spawn } = require('node:child_process')
const { constants } = require('node:os')
const { program } = require('./index.cjs')

const child = spawn(program(), process.argv.slice(2), { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  process.on(signal, () => child.kill(signal))
}
child.on('error', (error) => {
  console.error(`dstack-simulator: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
