import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { SMTPServer } from 'smtp-server'
import { smtpTransport } from '../../src/mail/transports.ts'

/** What a server answers instead of taking a mail, such as `550 5.1.1 No such user`, and at which step. */
export type ServerAnswers = Map<string, string | { atData: string }>

/** A mail server that takes what nothing is said of in `answers`, by address; with the transport that leads to it. */
export async function mailServer(t: Test, answers: ServerAnswers = new Map()) {
  const taken: string[] = []
  const asked: string[] = []
  const refusal = (said: string) =>
    Object.assign(new Error(said.slice(4)), { responseCode: Number(said.slice(0, 3)) })
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      asked.push(address)
      const said = answers.get(address)
      return done(typeof said === 'string' ? refusal(said) : null)
    },
    onData(stream, session, done) {
      const { address } = session.envelope.rcptTo[0]!
      stream.resume()
      stream.on('end', () => {
        const said = answers.get(address)
        if (typeof said === 'object') return done(refusal(said.atData))
        taken.push(address)
        return done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => server.close(() => undefined))
  const { port } = server.server.address() as AddressInfo
  const url = `smtp://127.0.0.1:${port}`
  return {
    answers,
    /** Addresses, each time that the server took a mail to one. */
    taken,
    /** Addresses, each time that the server was asked whether it takes one. */
    asked,
    transport: smtpTransport({ url, from: 'week@north.example', proxy: undefined, deadlineMs: 5000 }),
  }
}
