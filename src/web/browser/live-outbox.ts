/**
 * What waits on a phone for a connection: kept by the browser with its photo, and sent by the page or, when that is closed, by
 * its worker. Each press has a key of its own, so that arriving twice it posts once.
 */

/** A press that the server does not have yet. */
export interface Waiting {
  id: string
  weekId: string
  /** Whose it is: somebody else who signs in on this phone neither sees nor sends it. */
  person: string
  text: string
  alt: string
  hashtag: boolean
  photo: Blob | null
  /** On the app's clock, ISO 8601. */
  pressed: string
  /** Why the server did not take it; null while it was not asked, or could not be. */
  why: string | null
}

/** What the page needs to open again without a connection. */
export interface Known {
  weekId: string
  person: string
  heading: string
  hashtag: string
  signOff: string
  label: string
  /** What the checks of the words have to know, as JSON; empty where the page did not say. */
  checkContext?: string
  /** When the week closes, on this phone's clock, in milliseconds. */
  closesAt: number
  /** What the app's clock is ahead of this phone's, in milliseconds. */
  ahead: number
}

/** `gone`: there is no connection. `stranger`: nobody is signed in, or somebody else. */
export type Sent = 'all' | 'gone' | 'stranger'

const DATABASE = 'live'
/** Longer than a photo takes in a full hall. Milliseconds. */
const PATIENCE = 60_000

export const keepWaiting = (one: Waiting) => change('waiting', (store) => store.put(one))
export const keepKnown = (known: Known) => change('known', (store) => store.put(known))

export async function waitingOf(weekId: string, person: string): Promise<Waiting[]> {
  const all = await listWaiting()
  return all.filter((one) => one.weekId === weekId && one.person === person)
}

export async function listWaiting(): Promise<Waiting[]> {
  const all = await ask<Waiting[]>('waiting', (store) => store.getAll())
  return all.toSorted((one, other) => one.pressed.localeCompare(other.pressed))
}

export async function knownOf(weekId: string): Promise<Known | undefined> {
  return ask<Known | undefined>('known', (store) => store.get(weekId))
}

/** Takes one back that was not sent. False when it has gone meanwhile. */
export async function takeBack(id: string): Promise<boolean> {
  return alone(async () => {
    const there = await ask<Waiting | undefined>('waiting', (store) => store.get(id))
    if (there) await change('waiting', (store) => store.delete(id))
    return there !== undefined
  })
}

/** Forgets a week and, with `posts`, whatever still waits for it. */
export async function forget(weekId: string, { posts }: { posts: boolean }): Promise<void> {
  await change('known', (store) => store.delete(weekId))
  if (!posts) return
  for (const one of await listWaiting())
    if (one.weekId === weekId) await change('waiting', (store) => store.delete(one.id))
}

/** Sends what waits for a week, oldest first. What the server does not take stays, with the reason. */
export async function sendWaiting(weekId: string, person: string): Promise<Sent> {
  return alone(async () => {
    const waiting = (await waitingOf(weekId, person)).filter(({ why }) => why === null)
    if (waiting.length === 0) return 'all'
    const address = `/weeks/${encodeURIComponent(weekId)}/live`
    try {
      const page = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) })
      if (page.status >= 500) return 'gone'
      const html = await page.text()
      const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1]
      if (page.redirected || !token || !html.includes(`data-person="${person}"`)) return 'stranger'
      for (const one of waiting) {
        const answer = await fetch(address, {
          method: 'POST',
          body: formOf(one, token),
          headers: { accept: 'application/json' },
          signal: AbortSignal.timeout(PATIENCE),
        })
        const isJson = answer.headers.get('content-type')?.includes('json')
        if (!isJson) return answer.status >= 500 ? 'gone' : 'stranger'
        const { taken, why } = (await answer.json()) as { taken?: boolean; why?: string }
        if (taken) await change('waiting', (store) => store.delete(one.id))
        else if (why) await keepWaiting({ ...one, why })
        else return 'gone'
      }
      return 'all'
    } catch {
      return 'gone'
    }
  })
}

function formOf({ id, text, alt, hashtag, photo, pressed }: Waiting, token: string): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries({ _csrf: token, id, text, alt, pressed }))
    form.append(name, value)
  if (hashtag) form.append('hashtag', 'yes')
  if (photo) form.append('photo', photo, 'photo.jpg')
  return form
}

/** The page, a second tab and the worker never send at the same time. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request('live', work)
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1)
    opening.addEventListener('upgradeneeded', () => {
      opening.result.createObjectStore('waiting', { keyPath: 'id' })
      opening.result.createObjectStore('known', { keyPath: 'weekId' })
    })
    opening.addEventListener('success', () => resolve(opening.result))
    opening.addEventListener('error', () => reject(opening.error ?? new Error('No database.')))
  })
}

async function ask<T>(name: string, question: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await open()
  try {
    const asked = question(database.transaction(name).objectStore(name))
    return await new Promise<T>((resolve, reject) => {
      asked.addEventListener('success', () => resolve(asked.result as T))
      asked.addEventListener('error', () => reject(asked.error ?? new Error('Not read.')))
    })
  } finally {
    database.close()
  }
}

/** Resolves once it is on the disk. */
async function change(name: string, work: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await open()
  try {
    const transaction = database.transaction(name, 'readwrite')
    work(transaction.objectStore(name))
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve())
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('Not kept.')))
    })
  } finally {
    database.close()
  }
}
