import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { broken, outOfCredit, type Refusal, tooMany, unauthorised, unavailable } from './refusal.ts'

/**
 * What can go wrong with a call, for tests and for whoever tries the sandbox. `before` means that nothing is done, `after` that it is done and only the
 * answer suffers.
 */
export const faultKinds = [
  'drop-before', // the connection breaks before anything is done
  'drop-after', // the connection breaks without an answer
  'hang-before', // no answer ever, nothing done
  'hang-after', // no answer ever
  'slow', // the answer comes after two seconds
  'cut', // half of the answer, then the connection breaks
  'garbled', // 200 with a body of another form
  'page', // 502 with an HTML page, as from a server in front of X; done nevertheless
  'server-error-before', // 500
  'server-error-after',
  'unavailable-before', // 503
  'unavailable-after',
  'limited', // 429 as X sends it
  'limited-numbered', // 429 with X's headers and the body with a numbered error
  'limited-app', // 429 because the app's own limit of 24 hours is used up
  'limited-bare', // 429 without X's headers
  'credit', // 402
  'unauthorised', // 401
  'empty', // a list without posts: an index that lags
] as const

export type FaultKind = (typeof faultKinds)[number]

export interface Fault {
  /** Method and path as X's description has them: `POST /2/tweets`, `GET /2/users/:id/tweets`. */
  route: string
  kind: FaultKind
  /** How many calls suffer; 1 where not given. `always`: each, until faults are cleared. */
  times?: number | 'always' | undefined
  /** How many calls are spared first. */
  skip?: number | undefined
}

export interface Faults {
  /** Each call suffers at most one fault: the oldest that fits. */
  add(fault: Fault): void
  /** Those that calls are still to suffer, the oldest first. */
  list(): Required<Fault>[]
  clear(): void
}

interface Waiting {
  route: string
  kind: FaultKind
  /** Infinity: always. */
  times: number
  skip: number
}

export function createFaults(): Faults & { take(route: string): FaultKind | undefined } {
  let waiting: Waiting[] = []
  return {
    add: ({ route, kind, times = 1, skip = 0 }) =>
      void waiting.push({ route, kind, times: times === 'always' ? Infinity : times, skip }),
    list: () =>
      waiting.map(({ times, ...fault }) => ({ ...fault, times: times === Infinity ? 'always' : times })),
    clear: () => void (waiting = []),
    take(route) {
      const fault = waiting.find((each) => each.route === route)
      if (!fault) return undefined
      if (fault.skip > 0) {
        fault.skip--
        return undefined
      }
      fault.times--
      waiting = waiting.filter((each) => each.times > 0)
      return fault.kind
    },
  }
}

/** Headers of a window that is used up; seconds since 1970. */
export function usedUp(resetsAt: number): Record<string, string> {
  return {
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': String(resetsAt),
  }
}

/** Headers of an app that made all its calls of 24 hours, while its user has some left in this window. */
function usedUpByApp(seconds: number): Record<string, string> {
  return {
    'x-rate-limit-limit': '100',
    'x-rate-limit-remaining': '80',
    'x-rate-limit-reset': String(seconds + 900),
    'x-app-limit-24hour-limit': '10000',
    'x-app-limit-24hour-remaining': '0',
    'x-app-limit-24hour-reset': String(seconds + 5 * 3600),
  }
}

const refusals: Partial<Record<FaultKind, () => Refusal>> = {
  'server-error-before': broken,
  'unavailable-before': unavailable,
  limited: tooMany,
  'limited-app': tooMany,
  'limited-bare': tooMany,
  credit: outOfCredit,
  unauthorised,
}

/** Lets a call suffer before anything is done. @throws Refusal */
export async function sufferBefore(
  kind: FaultKind,
  request: FastifyRequest,
  reply: FastifyReply,
  machine: Date,
): Promise<unknown> {
  if (kind === 'drop-before') request.raw.socket.destroy()
  if (kind === 'drop-before' || kind === 'hang-before') return reply.hijack()
  const headers = usedUp(Math.ceil(machine.getTime() / 1000) + 900)
  if (kind === 'limited') void reply.headers(headers)
  if (kind === 'limited-app') void reply.headers(usedUpByApp(Math.ceil(machine.getTime() / 1000)))
  if (kind === 'limited-numbered')
    return reply
      .code(429)
      .headers(headers)
      .send({ errors: [{ code: 88, message: 'Rate limit exceeded' }] })
  const refusal = refusals[kind]
  if (refusal) throw refusal()
  return undefined
}

/** Lets the answer suffer, when what was asked has been done. */
export async function sufferAfter(
  kind: FaultKind,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: string,
): Promise<string> {
  if (kind === 'drop-after') request.raw.socket.destroy()
  if (kind === 'drop-after' || kind === 'hang-after') return never()
  if (kind === 'slow') await sleep(2000)
  if (kind === 'cut') return cutOff(reply, payload)
  if (kind === 'empty') return JSON.stringify({ meta: { result_count: 0 } })
  if (kind === 'garbled') return answer(reply, 200, 'application/json', '{"data":{"unlike":["anything"]}}')
  if (kind === 'page') return answer(reply, 502, 'text/html', '<!doctype html><title>Bad gateway</title>')
  if (kind === 'server-error-after')
    return answer(reply, 500, 'application/json', JSON.stringify(broken().body))
  if (kind === 'unavailable-after')
    return answer(reply, 503, 'application/json', JSON.stringify(unavailable().body))
  return payload
}

function never(): Promise<never> {
  return new Promise(() => {})
}

function cutOff(reply: FastifyReply, payload: string): Promise<never> {
  const { raw } = reply
  raw.writeHead(reply.statusCode, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(payload),
  })
  raw.write(payload.slice(0, payload.length / 2), () => raw.destroy())
  return never()
}

function answer(reply: FastifyReply, status: number, type: string, body: string): string {
  void reply.code(status).header('content-type', type).removeHeader('content-length')
  return body
}
