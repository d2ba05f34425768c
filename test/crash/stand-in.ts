import { startStandIn } from '../../src/networks/x-sandbox/stand-in.ts'
import { sharedClock } from './shared-clock.ts'

/** The stand-in for X as a process of its own: `stand-in.ts FILE CLOCK PORT`. Says its port once it listens. */
const [file, clock, port] = process.argv.slice(2) as [string, string, string]
const plenty = 1_000_000
const standIn = await startStandIn({
  file,
  port: Number(port),
  clock: sharedClock(clock),
  limits: { 'POST /2/tweets': plenty, 'GET /2/users/:id/tweets': plenty, 'GET /2/tweets': plenty },
})
process.once('disconnect', () => process.exit())
process.send!({ port: standIn.port })
