import type { Account } from '../accounts/accounts.ts'
import { timeInWords, zoneInWords } from '../calendar.ts'
import type { Writer } from '../db/database.ts'
import { mailsOfKind } from '../mail/mails.ts'
import { decidersAt, findPeople, listRoles, type Person } from '../people/people.ts'
import type { Actor } from '../people/person.ts'
import { findRunningWeek } from '../rota/weeks.ts'
import { hostsHeldByBrake } from './held-store.ts'
import { mailPerson } from './mail-person.ts'
import type { Telling } from './tell-deciders.ts'

/** Step: one mail to everybody else at the desk, and to each host who is in it now or has something that is held. */
export async function mailBrakePulled(
  tx: Writer,
  { account, actor, held, ...telling }: { account: Account; actor: Actor; held: number } & Telling,
): Promise<void> {
  const { publicUrl } = telling
  const handle = `@${account.handle}`
  const when = timeOf(telling.now, account)
  const desk = await deskOf(tx, account, telling.now)
  for (const person of desk.filter(({ id }) => id !== actor.personId)) {
    await mailPerson(tx, telling, account, person, {
      kind: 'brake-pulled',
      subject: `The brake is on: nothing new of ${handle} goes out`,
      text: `${actor.name} pulled the brake of ${handle} at ${when}. Nothing new goes out until it is released. ${heldInWords(held)}

Writing, deciding and taking down go on as before. Why it is on, what is held, and the way to release it:
${publicUrl}/accounts/${account.id}/brake`,
    })
  }
  for (const host of await hostsToTell(tx, account, telling)) {
    if (host.id === actor.personId || isAmong(desk, host)) continue
    await mailPerson(tx, telling, account, host, {
      kind: 'brake-pulled',
      subject: `${handle} is paused for now`,
      text: `${actor.name} stopped everything new on ${handle} at ${when}. You don’t have to do anything about it.

Nothing of yours is lost. What you wrote and was to go out is held, and goes out only when the team says so. What stands on the account stays there. You can go on writing and submitting.

Your page says how it stands, and why, once the team has said it:
${publicUrl}/today`,
    })
  }
}

/** Step: tells the hosts that things go out again: those who were told of the pull, and whom it concerns now. */
export async function mailItGoesOn(
  tx: Writer,
  { account, ...telling }: { account: Account } & Telling,
): Promise<void> {
  const desk = await deskOf(tx, account, telling.now)
  const told = await mailsOfKind(tx, {
    accountId: account.id,
    kind: 'brake-pulled',
    since: account.brakeAt ?? telling.now,
  })
  const toldHosts = await findPeople(
    tx,
    told.map(({ personId }) => personId),
  )
  const now = await hostsToTell(tx, account, telling)
  const hosts = new Map([...toldHosts, ...now].map((person) => [person.id, person]))
  for (const host of hosts.values()) {
    if (isAmong(desk, host)) continue
    await mailPerson(tx, telling, account, host, {
      kind: 'brake-released',
      subject: `@${account.handle} goes on`,
      text: `Since ${timeOf(telling.now, account)} things can go out on @${account.handle} again.

Nothing of yours was lost. What was held meanwhile goes out only where the team says so, at a time that they choose. Your page says what goes, and when:
${telling.publicUrl}/today`,
    })
  }
}

/** Step: one mail to everybody else at the desk: who released the brake, and what became of what it held, in words. */
export async function mailReleased(
  tx: Writer,
  { account, actor, done, ...telling }: { account: Account; actor: Actor; done: string } & Telling,
): Promise<void> {
  const handle = `@${account.handle}`
  for (const person of await deskOf(tx, account, telling.now)) {
    if (person.id === actor.personId) continue
    await mailPerson(tx, telling, account, person, {
      kind: 'brake-released',
      subject: `The brake of ${handle} is off`,
      text: `${actor.name} released the brake of ${handle} at ${timeOf(telling.now, account)}. What is approved goes out at its time again.

${done === '' ? 'The brake held nothing.' : `Of what it held, ${done}.`} How it stands:
${telling.publicUrl}/today`,
    })
  }
}

/** Step: the brake came to its own end; the desk is asked about what it held. */
export async function mailBrakeEnded(
  tx: Writer,
  { account, held, ...telling }: { account: Account; held: number } & Telling,
): Promise<void> {
  const handle = `@${account.handle}`
  for (const person of await deskOf(tx, account, telling.now)) {
    await mailPerson(tx, telling, account, person, {
      kind: 'brake-released',
      subject:
        held === 0
          ? `The brake of ${handle} is off`
          : `The brake of ${handle} is off, ${held === 1 ? 'one held post waits' : `${held} held posts wait`} for your word`,
      text: `The brake of ${handle} came to the end that was set for it, at ${timeOf(telling.now, account)}. What is approved from now on goes out again.

${held === 0 ? 'Nothing was held.' : `${heldInWords(held)} ${held === 1 ? 'It stays' : 'They stay'} held until somebody says whether ${held === 1 ? 'it still goes' : 'they still go'}:`}
${telling.publicUrl}/accounts/${account.id}/brake${held === 0 ? '' : '/release'}`,
    })
  }
}

function heldInWords(held: number): string {
  if (held === 0) return 'Nothing was on its way.'
  return held === 1 ? 'One post is held.' : `${held} posts are held.`
}

function timeOf(at: Date, { timeZone }: Account): string {
  return `${timeInWords(at, timeZone)} (${zoneInWords(timeZone)} time)`
}

/** Also those who are away: of the brake everybody hears. */
async function deskOf(tx: Writer, account: Account, now: Date): Promise<Person[]> {
  const all = [...(await listRoles(tx, account.id)), ...(await decidersAt(tx, account.id, now))]
  return [...new Map(all.map(({ person }) => [person.id, person])).values()]
}

async function hostsToTell(tx: Writer, account: Account, { now }: Telling): Promise<Person[]> {
  const running = (await findRunningWeek(tx, account.id, now))?.host
  const held = await hostsHeldByBrake(tx, account.id)
  // Somebody who was booked and never invited knows nothing of it yet.
  const ids = [...(running?.invitedAt ? [running] : []), ...held].map(({ personId }) => personId)
  return findPeople(tx, [...new Set(ids)])
}

function isAmong(people: Person[], { id }: Person): boolean {
  return people.some((one) => one.id === id)
}
