import { lookup } from 'node:dns/promises'
import { request as requestPlain, type IncomingMessage } from 'node:http'
import { request as requestSecure } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import { HttpsProxyAgent } from 'https-proxy-agent'

/**
 * What became of asking an address. `missing`: it says that it is not there, or does not exist. `unclear`: nothing came back
 * that says so or the contrary; it may be asked again.
 */
export interface AddressAnswer {
  state: 'there' | 'missing' | 'unclear'
  /** In plain words, to go on after “it”. */
  detail: string
}

export interface GuardedFetchOptions {
  /** All addresses of a host. */
  resolve?: (host: string) => Promise<string[]>
  /** What may be connected to; public addresses on the usual ports where not given. */
  isAllowed?: (address: string, port: number) => boolean
  /** For the whole question, redirects included. Milliseconds. */
  timeoutMs?: number
  /** Address of an HTTP proxy that opens tunnels. */
  httpsProxy?: string | undefined
}

const MOST_REDIRECTS = 5

/**
 * Asks whether an address of the web answers, and reads nothing of what it says. Addresses inside the network are refused
 * after the look-up of the name, at each redirect, and what was looked up is what is connected to: a name that changes its
 * mind in between leads nowhere (RFC 1918, RFC 6890; the IANA special-purpose registries).
 */
export function createGuardedFetch({
  resolve = resolved,
  isAllowed = (address, port) => isPublic(address) && (port === 80 || port === 443),
  timeoutMs = 10_000,
  httpsProxy,
}: GuardedFetchOptions = {}): (address: string) => Promise<AddressAnswer> {
  return async (address) => {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      let url = new URL(address)
      for (let step = 0; step <= MOST_REDIRECTS; step += 1) {
        const answer = await askPolitely(url, { resolve, isAllowed, httpsProxy, signal })
        if (!('to' in answer)) return answer
        url = new URL(answer.to, url)
      }
      return { state: 'missing', detail: 'leads in a circle' }
    } catch (error) {
      return inWords(error, signal)
    }
  }
}

/** Titles stand at the beginning of a page; more of it is not read. */
const MOST_BYTES = 256 * 1024

/**
 * Reads the beginning of a web page, with the same care. Null for what is no page, does not answer, or lies inside the network.
 */
export function createGuardedReader({
  resolve = resolved,
  isAllowed = (address, port) => isPublic(address) && (port === 80 || port === 443),
  timeoutMs = 10_000,
  httpsProxy,
}: GuardedFetchOptions = {}): (address: string) => Promise<{ bytes: Buffer; contentType: string } | null> {
  return async (address) => {
    const asking = { resolve, isAllowed, httpsProxy, signal: AbortSignal.timeout(timeoutMs) }
    try {
      let url = new URL(address)
      for (let step = 0; step <= MOST_REDIRECTS; step += 1) {
        const { status, location, body } = await askOnce(url, 'GET', asking, MOST_BYTES)
        if (status < 300 || status >= 400 || !location) return body ?? null
        url = new URL(location, url)
      }
    } catch {
      // Why it can't be read makes no difference: the link stands without its title.
    }
    return null
  }
}

type Asking = Required<Pick<GuardedFetchOptions, 'resolve' | 'isAllowed'>> & {
  httpsProxy: string | undefined
  signal: AbortSignal
}
type Step = AddressAnswer | { to: string }

/** With HEAD, which costs the other side least; with GET where that is not taken. */
async function askPolitely(url: URL, asking: Asking): Promise<Step> {
  const answer = await askOnce(url, 'HEAD', asking)
  const refused = answer.status >= 400
  return read(refused ? await askOnce(url, 'GET', asking) : answer)
}

interface Answered {
  status: number
  location: string | undefined
  /** Of a page that was to be read: its first bytes, and what it says they are. */
  body?: { bytes: Buffer; contentType: string }
}

/** `most`: so many bytes of a web page are read; none where not given. */
async function askOnce(url: URL, method: 'HEAD' | 'GET', asking: Asking, most = 0): Promise<Answered> {
  if (!/^https?:$/.test(url.protocol)) throw new Inside()
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const addresses = isIP(host) ? [host] : await asking.resolve(host)
  if (addresses.length === 0 || !addresses.every((one) => asking.isAllowed(one, port))) throw new Inside()
  return new Promise((done, fail) => {
    const ask = url.protocol === 'https:' ? requestSecure : requestPlain
    const request = ask(url, {
      method,
      signal: asking.signal,
      headers: { accept: '*/*', 'user-agent': 'My Working Week (link check)', 'accept-encoding': 'identity' },
      ...(asking.httpsProxy
        ? { agent: new HttpsProxyAgent<string>(asking.httpsProxy, { keepAlive: false }) }
        : { agent: false, lookup: pinned(addresses) }),
    })
    request.on('response', (response: IncomingMessage) => {
      const answered = { status: response.statusCode ?? 0, location: response.headers.location }
      const contentType = response.headers['content-type'] ?? ''
      if (most === 0 || answered.status !== 200 || !/^(text\/html|application\/xhtml)/i.test(contentType)) {
        done(answered)
        response.destroy()
        return
      }
      beginningOf(response, most).then((bytes) => done({ ...answered, body: { bytes, contentType } }), fail)
    })
    request.on('error', fail)
    // A server that answers with another protocol hands its socket over: it must not stay open.
    request.on('upgrade', (_response, socket: Duplex) => {
      socket.destroy()
      fail(new Error('It speaks another protocol.'))
    })
    request.end()
  })
}

async function beginningOf(response: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece)
    length += piece.length
    if (length >= most) break
  }
  response.destroy()
  return Buffer.concat(pieces).subarray(0, most)
}

/** Connects to what was looked up and allowed, and to nothing else. */
function pinned(addresses: string[]): LookupFunction {
  return (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }))
    if (options.all) done(null, all)
    else done(null, all[0]!.address, all[0]!.family)
  }
}

function read({ status, location }: Answered): Step {
  if (status >= 300 && status < 400 && location) return { to: location }
  if (status === 404 || status === 410) return { state: 'missing', detail: 'says that there is no such page' }
  if (status >= 500) return { state: 'unclear', detail: `answers with an error of its own (${status})` }
  // 401, 403, 429: many sites turn machines away, and show people the page.
  return { state: 'there', detail: '' }
}

/** Told apart from what does not answer: it would only be found from here. */
class Inside extends Error {}

const NO_SUCH_HOST = new Set(['ENOTFOUND', 'ENODATA', 'ERR_INVALID_URL'])

function inWords(error: unknown, signal: AbortSignal): AddressAnswer {
  if (error instanceof Inside)
    return { state: 'missing', detail: 'leads to no public address, so others will not get there' }
  const code = (error as { code?: string }).code ?? ''
  if (NO_SUCH_HOST.has(code)) return { state: 'missing', detail: 'names a site that does not exist' }
  if (signal.aborted) return { state: 'unclear', detail: 'does not answer in time' }
  return { state: 'unclear', detail: 'does not answer' }
}

async function resolved(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

const SPECIAL = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  SPECIAL.addSubnet(net, prefix, 'ipv4')

/** Of IPv6 only what is given out to the public at all, without what leads back to IPv4 or is kept for documents. */
const GIVEN_OUT = new BlockList()
GIVEN_OUT.addSubnet('2000::', 3, 'ipv6')
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  SPECIAL.addSubnet(net, prefix, 'ipv6')

/** Whether an IP address stands on the public internet. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !SPECIAL.check(address, 'ipv4')
  if (family === 6) return GIVEN_OUT.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
  return false
}
