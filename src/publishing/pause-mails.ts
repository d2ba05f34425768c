import type { Account } from '../accounts/accounts.ts'
import type { Writer } from '../db/database.ts'
import { findPeople, listRoles, type Person } from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import { comingHosts } from '../rota/weeks.ts'
import { mailPerson } from './mail-person.ts'
import type { Telling } from './tell-deciders.ts'

/** Step: one mail to everybody else at the desk, and to each host whose week is not over and who knows of it. */
export async function mailPaused(
  tx: Writer,
  {
    account,
    actor,
    reason,
    held,
    ...telling
  }: { account: Account; actor: Actor; reason: string; held: number } & Telling,
): Promise<void> {
  const handle = `@${account.handle}`
  const why = reason ? `\n\n${actor.name} writes: ${reason}` : ''
  const { desk, hosts } = await everybody(tx, account, actor, telling.now)
  const holds =
    held === 0 ? 'Nothing was on its way.' : held === 1 ? 'One post is held.' : `${held} posts are held.`
  for (const person of desk)
    await mailPerson(tx, telling, account, person, {
      kind: 'account-paused',
      subject: `${handle} is paused`,
      text: `${actor.name} paused ${handle}. Nothing goes out, replies are not read, and no mails about weeks go to hosts, until a lead ends the pause. ${holds} Weeks stay booked.${why}

How it stands:
${telling.publicUrl}/accounts/${account.id}#pause`,
    })
  for (const host of hosts)
    await mailPerson(tx, telling, account, host, {
      kind: 'account-paused',
      subject: `${handle} is paused for now`,
      text: `${actor.name} paused ${handle}. Nothing goes out there for the time being. Your week stays booked, and nothing of yours is lost: what you wrote is kept, and the team tells you when it goes on.${why}

If you have a question, please write to ${actor.name}, ${actor.email}.`,
    })
}

/** Step: the same people hear that it goes on. */
export async function mailGoesOnAfterPause(
  tx: Writer,
  { account, actor, ...telling }: { account: Account; actor: Actor } & Telling,
): Promise<void> {
  const handle = `@${account.handle}`
  const { desk, hosts } = await everybody(tx, account, actor, telling.now)
  for (const person of desk)
    await mailPerson(tx, telling, account, person, {
      kind: 'account-resumed',
      subject: `${handle} goes on, the brake is still on`,
      text: `${actor.name} ended the pause of ${handle}. Replies are read again. The brake is still on: look at what was held, then release it.

${telling.publicUrl}/accounts/${account.id}/brake`,
    })
  for (const host of hosts)
    await mailPerson(tx, telling, account, host, {
      kind: 'account-resumed',
      subject: `${handle} goes on`,
      text: `The pause of ${handle} is over, and your week stands as it was booked. Your page says how everything stands:
${telling.publicUrl}/today`,
    })
}

async function everybody(
  tx: Writer,
  account: Account,
  actor: Actor,
  now: Date,
): Promise<{ desk: Person[]; hosts: Person[] }> {
  const others = ({ id }: Person) => id !== actor.personId
  const desk = (await listRoles(tx, account.id)).map(({ person }) => person)
  const coming = (await comingHosts(tx, now)).filter(({ week }) => week.accountId === account.id)
  const invited = coming.filter(({ host }) => host.invitedAt && !host.declinedAt)
  const hosts = await findPeople(tx, [...new Set(invited.map(({ host }) => host.personId))])
  const atDesk = new Set(desk.map(({ id }) => id))
  return { desk: desk.filter(others), hosts: hosts.filter(others).filter(({ id }) => !atDesk.has(id)) }
}
