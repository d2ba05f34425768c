import { findAccount, type Account } from '../../accounts/accounts.ts'
import { record } from '../../activity/record.ts'
import type { Database, Reader, Writer } from '../../db/database.ts'
import { Conflict, NotFound, Refused } from '../../errors.ts'
import { forgetAuthor, postsNaming, type Author } from '../../listening/forget-author.ts'
import {
  changeRemovalRequest,
  findRemovalRequest,
  postsAbout,
  postsOfAuthor,
  type RemovalRequest,
} from '../../listening/removals.ts'
import type { Post } from '../../listening/posts.ts'
import { mayDecide, type Actor } from '../../people/person.ts'
import { leaveOutOfSaid } from './leave-out.ts'
import { namedIn, soughtPeople, type Sought } from './named-in.ts'
import { tellWhoAsked } from './tell-who-asked.ts'

/** What is said to somebody about their request, in characters at most. */
export const LONGEST_WORD = 1000

interface Deciding {
  requestId: string
  actor: Actor
  now: Date
  machineNow: Date
}

/** Somebody by their number on the network, or by a handle where only others named them. */
export interface Meant {
  authorNetworkId: string | null
  handle: string
}

/** A request to be taken off our pages, for the account's desk only. @throws NotFound */
export async function findRemovalFor(
  read: Reader,
  requestId: string,
  actor: Actor,
): Promise<RemovalRequest & { closer: string | null }> {
  const request = await findRemovalRequest(read, requestId)
  if (!request || !mayDecide(actor, request.accountId)) throw new NotFound()
  return request
}

/** Somebody whom a request may be of, with all that they said. */
export interface Candidate {
  authorNetworkId: string
  handle: string
  name: string
  posts: Post[]
}

/** Whom of those that said something to the account a handle or the address of a post means. */
export async function candidatesFor(read: Reader, accountId: string, about: string): Promise<Candidate[]> {
  const meant = readAbout(about)
  if (meant.handle === null && meant.networkId === null) return []
  const ids = new Set((await postsAbout(read, accountId, meant)).map((post) => post.authorNetworkId))
  return Promise.all(
    [...ids].map(async (authorNetworkId) => {
      const posts = await postsOfAuthor(read, accountId, authorNetworkId)
      const newest = posts.findLast(({ authorHandle }) => authorHandle !== '')
      return {
        authorNetworkId,
        posts,
        handle: newest?.authorHandle ?? '',
        name: newest?.authorName ?? '',
      }
    }),
  )
}

/** `@handle`, `handle`, or an address of the network with a handle, the number of a post, or both. */
export function readAbout(about: string): { handle: string | null; networkId: string | null } {
  const typed = about.trim()
  const networkId = /\/status(?:es)?\/(\d{1,25})/.exec(typed)?.[1] ?? null
  const address = /(?:x|twitter)\.com\/(?:@)?([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])/.exec(typed)?.[1]
  const named =
    address ?? /^@?([A-Za-z0-9_]{1,15})$/.exec(typed)?.[1] ?? /@([A-Za-z0-9_]{1,15})/.exec(typed)?.[1]
  return { handle: named === undefined || named === 'i' ? null : named, networkId }
}

/**
 * Takes somebody off an account's pages for good: what they said, and their handle and name wherever others name them, by their
 * number on the network, so that another handle changes nothing. No public page shows them from this moment on; `clearRemovals` takes
 * them out of all editions and stored copies, and then tells them. `authorNetworkId` is null for somebody whom only others named.
 * Where a handle or name of theirs would stay as a word that may be anybody's, a person has to have `looked` whether they are meant.
 * @throws NotFound for a request that is not the person's to decide, Conflict when it is closed or nobody is meant by it, Refused under
 *   `looked` while such words stay and nobody has looked.
 */
export async function forgetPerson(
  db: Database,
  {
    requestId,
    authorNetworkId,
    handle,
    looked = false,
    actor,
    now,
  }: Omit<Deciding, 'machineNow'> & Meant & { looked?: boolean },
): Promise<void> {
  const meant = { authorNetworkId, handle }
  const { accountId } = await openRequest(db.read, requestId, actor)
  if (!looked && (await staysNamed(db.read, accountId, meant)))
    throw new Refused({ looked: 'Read where the name stays. Then say that nobody there is them.' })
  const naming = await postsNaming(db.read, accountId, await authorsOf(db.read, accountId, meant))
  await db.write(async (tx) => {
    const request = await openRequest(tx, requestId, actor)
    const authors = await authorsOf(tx, accountId, meant)
    await forgetAuthor(tx, { accountId, requestId, authors, now })
    await closeRequest(tx, request, { state: 'clearing', about: '', words: '', actor, now })
    await record(tx, { accountId, kind: 'removal.done', personId: actor.personId, at: now })
  })
  await leaveOutOfSaid(db, accountId, naming)
}

async function staysNamed(read: Reader, accountId: string, meant: Meant): Promise<boolean> {
  const account = (await findAccount(read, accountId))!
  const [stays] = await namedIn(read, account, [await soughtOf(read, account, meant)])
  return stays!.length > 0
}

/**
 * Says no to a request, with a reason that goes to whoever asked, where they gave an address.
 * @throws NotFound, Refused under `word` without one, Conflict when somebody closed it before.
 */
export async function refuseRemoval(
  db: Database,
  { requestId, word, actor, now, machineNow }: Deciding & { word: string },
): Promise<void> {
  await db.write(async (tx) => {
    const request = await openRequest(tx, requestId, actor)
    checkWord('word', word, 'Say why: they read it.')
    const { accountId, email } = request
    // A refused request keeps what it was about, for the desk.
    await closeRequest(tx, request, { state: 'refused', email: '', actor, now })
    await record(tx, { accountId, kind: 'removal.refused', personId: actor.personId, at: now })
    await tellWhoAsked(tx, {
      accountId,
      email,
      kind: 'removal-refused',
      subject: 'What you asked for could not be done',
      words: (account) =>
        `You asked to be taken off the public pages of @${account}. That was not done. The people who look after the account say:\n\n${word}`,
      now,
      machineNow,
    })
  })
}

/**
 * Closes a request that people saw to by hand: somebody named in a text without a handle, or in a picture. What was done is said by
 * whoever did it, and goes to whoever asked, where they gave an address.
 * @throws NotFound, Refused under `done` without a word on what was done, Conflict when somebody closed it before.
 */
export async function settleRemoval(
  db: Database,
  { requestId, done, actor, now, machineNow }: Deciding & { done: string },
): Promise<void> {
  await db.write(async (tx) => {
    const request = await openRequest(tx, requestId, actor)
    checkWord('done', done, 'Say what was done: they read it.')
    const { accountId, email } = request
    await closeRequest(tx, request, { state: 'settled', about: '', words: '', email: '', actor, now })
    await record(tx, { accountId, kind: 'removal.settled', personId: actor.personId, at: now })
    await tellWhoAsked(tx, {
      accountId,
      email,
      kind: 'removal-settled',
      subject: 'What you asked for is done',
      words: (account) =>
        `You asked to be taken off the public pages of @${account}. The people who look after the account have seen to it by hand. They say:\n\n${done}\n\nIf you still find yourself there, please ask again in the same way, and say where.`,
      now,
      machineNow,
    })
  })
}

function checkWord(field: 'word' | 'done', word: string, missing: string): void {
  if (word === '') throw new Refused({ [field]: missing })
  if (word.length > LONGEST_WORD)
    throw new Refused({ [field]: `This has more than ${LONGEST_WORD} characters.` })
}

async function openRequest(read: Reader, requestId: string, actor: Actor): Promise<RemovalRequest> {
  const request = await findRemovalFor(read, requestId, actor)
  if (request.state !== 'open') throw new Conflict(`${request.closer ?? 'Somebody'} has closed this already.`)
  return request
}

/** Whoever asks, an account is not taken off its own pages. */
export function isOwn({ handle }: { handle: string }, meant: string): boolean {
  return handle.toLowerCase() === meant.toLowerCase()
}

/** What would go on saying a handle or name of somebody who is taken off. @throws Conflict when nobody is meant */
export async function soughtOf(read: Reader, account: Account, meant: Meant): Promise<Sought | null> {
  const { authorNetworkId } = meant
  const said = authorNetworkId === null ? [] : await postsOfAuthor(read, account.id, authorNetworkId)
  return soughtPeople(account, await authorsOf(read, account.id, meant), said)
}

/** Each handle and name under which they said something: all of them are left out. */
async function authorsOf(
  read: Reader,
  accountId: string,
  { authorNetworkId, handle }: Meant,
): Promise<Author[]> {
  if (authorNetworkId === null) {
    const meant = readAbout(handle).handle
    const account = (await findAccount(read, accountId))!
    if (meant === null || isOwn(account, meant))
      throw new Conflict('There is no handle here that could be left out.')
    return [{ authorNetworkId, handle: meant, name: '' }]
  }
  const posts = await postsOfAuthor(read, accountId, authorNetworkId)
  const authors = new Map(
    posts.map(({ authorHandle, authorName }) => [
      `${authorHandle}\n${authorName}`,
      { authorNetworkId, handle: authorHandle, name: authorName },
    ]),
  )
  if (authors.size === 0) throw new Conflict('Nothing of theirs is known here.')
  return [...authors.values()]
}

async function closeRequest(
  tx: Writer,
  { id }: RemovalRequest,
  {
    actor,
    now,
    ...change
  }: {
    state: 'clearing' | 'settled' | 'refused'
    about?: string
    words?: string
    email?: string
    actor: Actor
    now: Date
  },
): Promise<void> {
  await changeRemovalRequest(tx, id, { ...change, closedBy: actor.personId, closedAt: now })
}
