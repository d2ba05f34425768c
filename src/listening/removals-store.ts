import { and, asc, eq, isNotNull, ne, or, sql } from 'drizzle-orm'
import type { Reader, Writer } from '../db/database.ts'
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

/** All that an account said or heard in which one of these stands, in whatever case: not of this alphabet alone, so asked of each. */
export async function postsNaming(
  read: Reader,
  accountId: string,
  names: readonly string[],
): Promise<Post[]> {
  const all = await read
    .select()
    .from(posts)
    .where(and(eq(posts.accountId, accountId), ne(posts.text, '')))
  const wanted = names.filter((name) => name !== '').map((name) => name.toLowerCase())
  return all.filter((post) => {
    const words = JSON.stringify([post.text, post.links, post.images, post.authorName]).toLowerCase()
    return wanted.some((name) => words.includes(name))
  })
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
