import { join } from 'node:path'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { createVault } from '../../src/accounts/vault.ts'
import { buildApp } from '../../src/app.ts'
import type { Database } from '../../src/db/database.ts'
import { openImageFiles } from '../../src/images/image-files.ts'
import type { Network } from '../../src/networks/network.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import type { Sandbox } from '../../src/sandbox/routes.ts'
import { loadAssets, type Assets } from '../../src/web/assets.ts'
import type { Deps } from '../../src/web/deps.ts'
import { testClock, type TestClock } from './clock.ts'
import { testDatabase } from './database.ts'
import { inTime } from './in-time.ts'

export const PUBLIC_URL = 'http://127.0.0.1:3000'

let assets: Assets | undefined

export interface TestApp {
  app: FastifyInstance
  db: Database
  clock: TestClock
  deps: Deps
  /** Where its database and pictures lie. */
  folder: string
  /** A visitor with cookies of their own; signed in where an address is given. */
  visitor(email?: string): Promise<Visitor>
}

/** The whole application on a database of its own, without listening. */
export async function testApp(
  t: Test,
  {
    at = '2026-11-18T10:42:00Z',
    mode = 'sandbox',
    network = noNetwork,
    sandbox = null,
    deps: more = {},
  }: {
    at?: string
    mode?: 'sandbox' | 'live'
    network?: Network
    /** For the pages of the sandbox itself. */
    sandbox?: Sandbox | null
    deps?: Partial<Deps>
  } = {},
): Promise<TestApp> {
  const { db, folder } = testDatabase(t)
  const clock = testClock(at)
  const deps: Deps = {
    db,
    clock,
    network,
    images: openImageFiles(join(folder, 'images')),
    vault: createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]),
    assets: (assets ??= loadAssets('dist/assets')),
    settings: {
      mode,
      publicUrl: () => PUBLIC_URL,
      sessionSecret: 'a secret for tests that is long enough',
      trustProxy: false,
      logLevel: 'silent',
    },
    jobs: () => [],
    wake: nobody,
    ...more,
  }
  const app = await buildApp(deps, sandbox)
  t.teardown(() => inTime('the app to close', app.close()))
  const visitor = async (email?: string) => {
    const someone = new Visitor(app)
    if (email)
      await someone.signIn(await makeSignInLink(db, { email, publicUrl: '', machineNow: clock.machine() }))
    return someone
  }
  return { app, db, clock, deps, folder, visitor }
}

/** Somebody with a browser: keeps cookies, and sends the token of the page that the form stands on. */
export class Visitor {
  readonly #app: FastifyInstance
  readonly #cookies: Map<string, string>

  constructor(app: FastifyInstance, cookies = new Map<string, string>()) {
    this.#app = app
    this.#cookies = cookies
  }

  /** The same person, with the cookies of this moment: what becomes of them changes nothing here. */
  again(app = this.#app): Visitor {
    return new Visitor(app, new Map(this.#cookies))
  }

  /** As its header says it. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async request(options: InjectOptions): Promise<LightMyRequestResponse> {
    const response = await this.#app.inject({
      ...options,
      headers: {
        ...options.headers,
        cookie: this.cookie,
      },
    })
    for (const { name, value } of response.cookies) this.#cookies.set(name, value)
    return response
  }

  get(url: string): Promise<LightMyRequestResponse> {
    return this.request({ method: 'GET', url })
  }

  /** Opens `page`, then sends the form: with the page's token, as browsers do. */
  async post(
    page: string,
    action: string,
    fields: Record<string, string | string[]> = {},
  ): Promise<LightMyRequestResponse> {
    const { body } = await this.get(page)
    return this.send(action, { _csrf: csrfToken(body), ...fields })
  }

  /** Sends a form as it is. */
  send(action: string, fields: Record<string, string | string[]>): Promise<LightMyRequestResponse> {
    const form = new URLSearchParams()
    for (const [name, value] of Object.entries(fields))
      for (const one of [value].flat()) form.append(name, one)
    return this.request({
      method: 'POST',
      url: action,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      payload: form.toString(),
    })
  }

  /** Opens `page`, then sends the form with files, as a browser sends them. */
  async upload(
    page: string,
    action: string,
    fields: Record<string, string>,
    files: Record<string, { name: string; bytes: Uint8Array }>,
  ): Promise<LightMyRequestResponse> {
    const form = new FormData()
    form.append('_csrf', csrfToken((await this.get(page)).body))
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    for (const [field, { name, bytes }] of Object.entries(files))
      form.append(field, new File([new Uint8Array(bytes)], name))
    const sent = new Response(form)
    return this.request({
      method: 'POST',
      url: action,
      headers: { 'content-type': sent.headers.get('content-type')!, 'sec-fetch-site': 'same-origin' },
      payload: Buffer.from(await sent.arrayBuffer()),
    })
  }

  async signIn(link: string): Promise<void> {
    await this.post(link, link)
  }
}

export function csrfToken(html: string): string {
  return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
}

/** Nobody is woken: no background work runs. */
export const nobody: Deps['wake'] = {
  publisher() {},
  mail() {},
  listener() {},
  releaser() {},
  lookingUp() {},
  hider() {},
  handover() {},
  clearing() {},
}

/** For tests of pages that must not call a network. */
export const noNetwork = new Proxy({} as Network, {
  get: (_target, name) => () => {
    throw new Error(`The network was called: ${String(name)}`)
  },
})
