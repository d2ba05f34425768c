import { parseArgs } from 'node:util'
import { openSandboxClock, systemClock } from '../../clock.ts'
import { startStandIn } from './stand-in.ts'

/** The stand-in in a process of its own: `server.js --file x.sqlite --port 3001 [--clock clock.json]`. */
const { values } = parseArgs({
  options: { file: { type: 'string' }, port: { type: 'string' }, clock: { type: 'string' } },
})
if (!values.file || !values.port) {
  console.error('Usage: server.js --file FILE --port PORT [--clock FILE]')
  process.exit(2)
}

const clock = values.clock ? openSandboxClock(values.clock) : systemClock
const standIn = await startStandIn({ file: values.file, port: Number(values.port), clock })
console.log(`Stand-in for X on ${standIn.address}`)

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    standIn.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
