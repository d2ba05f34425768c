import type { Agent as HttpAgent } from 'node:http'
import { Agent } from 'node:https'
import { connect } from 'node:net'
import { HttpsProxyAgent } from 'https-proxy-agent'

/** Where the calls to X go: to X itself, to X through a proxy, or to the stand-in on this machine. */
export interface Route {
  standIn?: { host: '127.0.0.1'; port: number } | undefined
  /** Address of an HTTP proxy that opens tunnels, such as `http://proxy.example:3128`. */
  httpsProxy?: string | undefined
}

/** @throws Error when the stand-in is not on loopback: what is meant for the sandbox must not leave the machine. */
export function refuseElsewhere({ standIn }: Route): void {
  if (standIn && standIn.host !== '127.0.0.1') throw new Error('The stand-in for X must be on 127.0.0.1.')
}

/**
 * An agent for one call; `destroy()` ends the call, also one that is still connecting.
 *
 * Connections are not kept: X may close a kept one in the moment in which a post is written to it, and then nobody knows
 * whether the post was taken.
 */
export function openAgent(route: Route): HttpAgent {
  refuseElsewhere(route)
  if (route.standIn) return standInAgent(route.standIn)
  if (route.httpsProxy) return new OneCallProxyAgent(route.httpsProxy)
  return new Agent({ keepAlive: false })
}

function standInAgent({ host, port }: { host: string; port: number }): Agent {
  const agent = new Agent({ keepAlive: false })
  // The client always asks for https://api.x.com; to the stand-in it speaks plain HTTP.
  agent.createConnection = () => connect({ host, port })
  return agent
}

type Connect = HttpsProxyAgent<string>['connect']

/** A tunnel that opens after the call was given up must carry nothing: a post would go out when nobody counts on it. */
class OneCallProxyAgent extends HttpsProxyAgent<string> {
  private over = false

  override async connect(...tunnel: Parameters<Connect>): ReturnType<Connect> {
    const socket = await super.connect(...tunnel)
    if (!this.over) return socket
    socket.destroy()
    throw new Error('The call was given up before the proxy answered.')
  }

  override destroy(): void {
    this.over = true
    super.destroy()
  }
}
