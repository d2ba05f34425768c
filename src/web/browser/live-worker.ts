import { listWaiting, sendWaiting } from './live-outbox.ts'

/**
 * The worker of one week's live page, and of nothing else: it lets the page open without a connection, and sends what waits
 * when there is one again. It keeps the bare page, its script, style and fonts, and nothing that anybody wrote.
 */
interface Worker extends EventTarget {
  registration: { scope: string }
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
}
interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface AskedEvent extends LastingEvent {
  request: Request
  respondWith(answer: Promise<Response>): void
}

const worker = self as unknown as Worker
const KEPT = 'live'
const PAGE = '/live/page'
/** Until the kept page is shown instead of one that does not come. Milliseconds. */
const PATIENCE = 6_000

worker.addEventListener('install', (event) => {
  void worker.skipWaiting()
  ;(event as LastingEvent).waitUntil(keepPage())
})

worker.addEventListener('activate', (event) => (event as LastingEvent).waitUntil(worker.clients.claim()))

// The page says that it was opened with a connection: a newer one may be there.
worker.addEventListener('message', (event) => (event as LastingEvent).waitUntil(keepPage()))

worker.addEventListener('sync', (event) => (event as LastingEvent).waitUntil(sendAll()))

worker.addEventListener('fetch', (event) => {
  const { request, respondWith } = asked(event)
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && pathname === new URL(worker.registration.scope).pathname)
    respondWith(pageOrKept(request))
  else if (pathname.startsWith('/assets/')) respondWith(keptOrAsked(request))
})

function asked(event: Event): Pick<AskedEvent, 'request' | 'respondWith'> {
  const { request } = event as AskedEvent
  return { request, respondWith: (answer) => (event as AskedEvent).respondWith(answer) }
}

async function pageOrKept(request: Request): Promise<Response> {
  const kept = await caches.match(PAGE)
  if (!kept) return fetch(request)
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept.clone()), PATIENCE))
  return Promise.race([fetch(request), late]).catch(() => kept)
}

async function keptOrAsked(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}

/** @throws when it did not come whole: then what was kept before stays. */
async function keepPage(): Promise<void> {
  const answer = await fetch(PAGE)
  if (!answer.ok || answer.redirected) throw new Error('The page did not come.')
  const html = await answer.text()
  const kept = await caches.match(PAGE)
  if (kept && (await kept.text()) === html) return
  const cache = await caches.open(KEPT)
  const assets = await assetsOf(html)
  for (const path of assets) if (!(await cache.match(path))) await cache.add(path)
  await cache.put(PAGE, new Response(html, { headers: answer.headers }))
  for (const old of await cache.keys()) {
    const { pathname } = new URL(old.url)
    if (pathname !== PAGE && !assets.has(pathname)) await cache.delete(old)
  }
}

/** What a page needs: what it names, and what its script and style name in turn. */
async function assetsOf(html: string): Promise<Set<string>> {
  const found = new Set([...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path!))
  // A set hands out what is added while it is read.
  for (const path of found) {
    if (!/\.(js|css)$/.test(path)) continue
    const text = await (await fetch(path)).text()
    for (const [, name] of text.matchAll(/(?:"|url\(["']?)\.\/([\w.-]+\.(?:js|woff2|svg))/g))
      found.add(`/assets/${name!}`)
  }
  return found
}

async function sendAll(): Promise<void> {
  const whose = new Map(
    (await listWaiting()).map(({ weekId, person }) => [`${weekId} ${person}`, { weekId, person }]),
  )
  for (const { weekId, person } of whose.values())
    if ((await sendWaiting(weekId, person)) === 'gone') throw new Error('Still without a connection.')
}
