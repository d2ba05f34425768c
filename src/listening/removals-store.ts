import { and, asc, eq, gt, isNotNull, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { forgottenPeople, helpRequests, people, posts, removalRequests } from '../db/schema/index.ts'
import type { Post } from './store.ts'

export type RemovalRequest = typeof removalRequests.$inferSelect
export type ForgottenPerson = typeof forgottenPeople.$inferSelect

/** False when this form was sent before. */
export async function insertRemovalRequest(
  tx: Writer,
  request: typeof removalRequests.$inferInsert,
): Promise<boolean> {
  const rows = await tx
    .insert(removalRequests)
    .values(request)
    .onConflictDoNothing()
    .returning({ id: removalRequests.id })
  return rows.length === 1
}

/** With the name of who closed it. */
export async function findRemovalRequest(
  read: Reader,
  id: string,
): Promise<(RemovalRequest & { closer: string | null }) | undefined> {
  const rows = await read
    .select({ request: removalRequests, closer: people.name })
    .from(removalRequests)
    .leftJoin(people, eq(people.id, removalRequests.closedBy))
    .where(eq(removalRequests.id, id))
  return rows[0] && { ...rows[0].request, closer: rows[0].closer }
}

/** What an account's desk has not closed, the oldest first; of all accounts where none is given. */
export async function openRemovalRequests(read: Reader, accountId?: string): Promise<RemovalRequest[]> {
  const open = eq(removalRequests.state, 'open')
  return read
    .select()
    .from(removalRequests)
    .where(accountId === undefined ? open : and(open, eq(removalRequests.accountId, accountId)))
    .orderBy(asc(removalRequests.askedAt))
}

/** Null when it was not open any more. */
export async function changeRemovalRequest(
  tx: Writer,
  id: string,
  change: Partial<typeof removalRequests.$inferInsert>,
): Promise<RemovalRequest | null> {
  const rows = await tx
    .update(removalRequests)
    .set(change)
    .where(and(eq(removalRequests.id, id), eq(removalRequests.state, 'open')))
    .returning()
  return rows[0] ?? null
}

export async function insertForgotten(
  tx: Writer,
  person: typeof forgottenPeople.$inferInsert,
): Promise<void> {
  await tx.insert(forgottenPeople).values(person)
}

export async function listForgotten(read: Reader, accountId: string): Promise<ForgottenPerson[]> {
  return read.select().from(forgottenPeople).where(eq(forgottenPeople.accountId, accountId))
}

/** Others' posts by a handle, in whatever case, or the one with this network id; newest author data is not looked for. */
export async function postsAbout(
  read: Reader,
  accountId: string,
  { handle, networkId }: { handle: string | null; networkId: string | null },
): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.accountId, accountId),
        ne(posts.kind, 'own'),
        or(
          handle === null ? undefined : sql`lower(${posts.authorHandle}) = ${handle.toLowerCase()}`,
          networkId === null ? undefined : eq(posts.networkId, networkId),
        ),
      ),
    )
    .orderBy(asc(posts.createdAt))
}

export async function postsOfAuthor(
  read: Reader,
  accountId: string,
  authorNetworkId: string,
): Promise<Post[]> {
  return read
    .select()
    .from(posts)
    .where(
      and(eq(posts.accountId, accountId), eq(posts.authorNetworkId, authorNetworkId), ne(posts.kind, 'own')),
    )
}

/** A person's words go; where one stood on a page a line says that they asked for it. */
export async function eraseSaid(
  tx: Writer,
  accountId: string,
  authorNetworkId: string,
  now: Date,
): Promise<void> {
  const stood = sql`${posts.chosenAt} is not null or ${posts.leftPage} is not null`
  await tx
    .update(posts)
    .set({
      authorHandle: '',
      authorName: '',
      text: '',
      lang: null,
      links: [],
      images: [],
      removedAt: sql`coalesce(${posts.removedAt}, ${now.getTime()})`,
      leftPage: sql`case when ${stood} then 'asked' end`,
      chosenAt: null,
      chosenBy: null,
    })
    .where(
      and(eq(posts.accountId, accountId), eq(posts.authorNetworkId, authorNetworkId), ne(posts.kind, 'own')),
    )
}

/** What may name somebody of all that an account said or heard, by its ids. */
export async function postsAfter(
  read: Reader,
  accountId: string,
  { after, limit }: { after: string; limit: number },
): Promise<Pick<Post, 'id' | 'text' | 'links' | 'images' | 'authorName'>[]> {
  const { id, text, links, images, authorName } = posts
  return read
    .select({ id, text, links, images, authorName })
    .from(posts)
    .where(and(eq(posts.accountId, accountId), gt(id, after)))
    .orderBy(asc(id))
    .limit(limit)
}

/** The request for which what is stored is being gone through; of several the one that was decided first. */
export async function requestToClear(read: Reader): Promise<RemovalRequest | undefined> {
  const rows = await read
    .select()
    .from(removalRequests)
    .where(eq(removalRequests.state, 'clearing'))
    .orderBy(asc(removalRequests.closedAt), asc(removalRequests.id))
    .limit(1)
  return rows[0]
}

/** Changes a request that is being cleared; null when it is none any more. */
export async function changeClearing(
  tx: Writer,
  id: string,
  change: Pick<Partial<typeof removalRequests.$inferInsert>, 'state' | 'email' | 'progress'>,
): Promise<RemovalRequest | null> {
  const rows = await tx
    .update(removalRequests)
    .set(change)
    .where(and(eq(removalRequests.id, id), eq(removalRequests.state, 'clearing')))
    .returning()
  return rows[0] ?? null
}

/** Once nothing that is stored names them any more, the words of their name need not be known either. */
export async function eraseNameWords(tx: Writer, requestId: string): Promise<void> {
  await tx.update(forgottenPeople).set({ wordHashes: [] }).where(eq(forgottenPeople.requestId, requestId))
}

/** Who may still be named in what is stored of an account. */
export async function listBeingCleared(read: Reader, accountId: string): Promise<ForgottenPerson[]> {
  const statement = prepared(read, 'people being cleared', () =>
    read
      .select({ person: forgottenPeople })
      .from(removalRequests)
      .innerJoin(forgottenPeople, eq(forgottenPeople.requestId, removalRequests.id))
      .where(
        and(
          eq(removalRequests.accountId, sql.placeholder('accountId')),
          eq(removalRequests.state, 'clearing'),
        ),
      )
      .prepare(),
  )
  return statement.all({ accountId }).map(({ person }) => person)
}

/** Forgets the copies that were kept of somebody's words while help with them was asked. */
export async function eraseEvidenceOf(tx: Writer, accountId: string, authorNetworkId: string): Promise<void> {
  await tx
    .update(helpRequests)
    .set({ evidence: null })
    .where(
      and(
        eq(helpRequests.accountId, accountId),
        isNotNull(helpRequests.evidence),
        sql`${helpRequests.evidence} ->> '$.authorNetworkId' = ${authorNetworkId}`,
      ),
    )
}
