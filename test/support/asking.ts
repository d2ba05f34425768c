import type { LightMyRequestResponse } from 'fastify'
import type { TestApp, Visitor } from './app.ts'
import { linkIn, sentMails } from './bookings.ts'

export const FORM = '/@NorthDaleHealth/take-part'
export const SUGGESTION = '/@NorthDaleHealth/suggestion'

export const ROSA = {
  name: 'Rosa Bell',
  email: 'rosa@north.example',
  job: 'Porter',
  about: 'What a hospital looks like from behind a bed.',
  weeksWords: 'Not in August',
  sample: 'Eleven miles on a quiet day. I have counted.',
}

/** The fields that say which form this is, as the page has them. */
export function keysIn(html: string): Record<string, string> {
  const valueOf = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  return { id: valueOf('id'), shown: valueOf('shown'), sampleSeen: valueOf('sampleSeen') }
}

/** Opens a form, takes the time that people need, and sends it. */
export async function fillIn(
  visitor: Visitor,
  clock: TestApp['clock'],
  fields: Record<string, string | string[]>,
  { page = FORM, seconds = 30 }: { page?: string; seconds?: number } = {},
): Promise<LightMyRequestResponse> {
  const { body } = await visitor.get(page)
  clock.moveMachine(seconds / 60)
  return visitor.post(page, page, { ...keysIn(body), ...fields })
}

/** Sends the outbox; what the newest mail to an address says, and the page behind its link. */
export async function mailTo(world: Pick<TestApp, 'db' | 'clock'>, email: string) {
  const mail = (await sentMails(world.db, world.clock)).findLast(({ to }) => to === email)
  return mail && { ...mail, link: mail.text.includes('http') ? linkIn(mail.text) : '' }
}

/** Somebody asks for a week and confirms it. Returns the address of their own page. */
export async function aRequest(
  { visitor, db, clock }: TestApp,
  more: Partial<typeof ROSA> & { weeks?: string[] } = {},
): Promise<string> {
  const someone = await visitor()
  const fields = { ...ROSA, ...more }
  await fillIn(someone, clock, fields)
  const { link } = (await mailTo({ db, clock }, fields.email))!
  await someone.post(link, `${link}/confirmation`, { version: '1' })
  return link
}
