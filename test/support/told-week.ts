import type { Policy } from '../../src/accounts/account.ts'
import { instantOf } from '../../src/calendar.ts'
import type { Database } from '../../src/db/database.ts'
import { events, images, listening, people, posts, weekHosts, weeks } from '../../src/db/schema/index.ts'
import { ACCOUNT, anAccount } from './story.ts'

export const RUTH = { id: 'ruth', name: 'Ruth Ellwood', email: 'ruth@north.example' }
export const WEEK = 'week-ruth'
export const SLOT = '2026-11-09'
export const PICTURE = 'a'.repeat(64)
const ZONE = 'Europe/London'
const ACCOUNT_USER = '77'

/** `'Mon 7:42'` in the week of 9 November 2026. */
export function at(when: string): Date {
  const [day, time] = when.split(' ') as [string, string]
  const date = 9 + ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(day)
  return instantOf(`2026-11-${String(date).padStart(2, '0')}`, time.padStart(5, '0'), ZONE)
}

/** An account, Ruth's week of 9 November with an event on Wednesday, and Joseph's, announced, of 23 November. */
export async function ruthsWeek(
  db: Database,
  { policy = {}, portrait = null }: { policy?: Partial<Policy>; portrait?: string | null } = {},
): Promise<void> {
  await anAccount(db, { now: at('Mon 7:00'), policy })
  await db.write(async (tx) => {
    await tx.insert(people).values([
      { ...RUTH, createdAt: at('Mon 7:00') },
      { id: 'joseph', name: 'Joseph Adeyemi', email: 'joseph@north.example', createdAt: at('Mon 7:00') },
    ])
    const week = {
      accountId: ACCOUNT,
      kind: 'hosted',
      state: 'announced',
      createdAt: at('Mon 7:00'),
    } as const
    await tx.insert(weeks).values([
      {
        ...week,
        id: WEEK,
        slot: SLOT,
        theme: 'Four hundred front doors',
        why: 'It’s the first frost of the year, and the week the flu clinics reach the last villages. We asked Ruth to show what a nurse does when the ward is somebody’s kitchen.',
        opensAt: at('Mon 7:00'),
        closesAt: at('Fri 18:00'),
        announcedAt: at('Mon 7:00'),
      },
      {
        ...week,
        id: 'week-joseph',
        slot: '2026-11-23',
        theme: 'Nine miles of corridor',
        why: 'Nobody sees more of a hospital than the people who move it.',
        opensAt: instantOf('2026-11-23', '09:00', ZONE),
        closesAt: instantOf('2026-11-27', '18:00', ZONE),
        announcedAt: at('Mon 7:00'),
      },
    ])
    const host = {
      handle: '',
      biography: '',
      createdAt: at('Mon 7:00'),
      invitedAt: at('Mon 7:00'),
      acceptedAt: at('Mon 7:00'),
    }
    await tx.insert(weekHosts).values([
      {
        ...host,
        id: 'host-ruth',
        weekId: WEEK,
        personId: RUTH.id,
        name: RUTH.name,
        job: 'community nurse',
        organisation: 'Upper Dale team',
        signOff: '^RE',
        portraitHash: portrait,
      },
      {
        ...host,
        id: 'host-joseph',
        weekId: 'week-joseph',
        personId: 'joseph',
        name: 'Joseph Adeyemi',
        job: 'hospital porter',
        organisation: 'NorthDale General',
        signOff: '^JA',
      },
    ])
    await tx.insert(events).values({
      id: 'event-flu',
      weekId: WEEK,
      name: 'Live from the flu clinic',
      hashtag: '#NorthDaleFlu',
      place: 'Hallbeck village hall',
      startsAt: at('Wed 9:30'),
      endsAt: at('Wed 12:30'),
    })
    await tx.insert(images).values({
      hash: PICTURE,
      mediaType: 'image/jpeg',
      width: 960,
      height: 600,
      bytes: 1000,
      createdAt: at('Mon 7:00'),
    })
    await tx
      .insert(listening)
      .values({ accountId: ACCOUNT, readAt: at('Fri 18:05'), wellAt: at('Fri 18:05') })
  })
}

export interface Saying {
  id: string
  when: string
  text: string
  /** Who, when it is not the account. */
  by?: string
  answers?: string
  chosen?: boolean
  mention?: boolean
  more?: Partial<typeof posts.$inferInsert>
}

/** Puts posts where listening would put them. */
export async function said(db: Database, sayings: Saying[]): Promise<void> {
  await db.write(async (tx) => {
    for (const { id, when, text, by, answers, chosen, mention, more } of sayings) {
      await tx.insert(posts).values({
        id: `row-${id}`,
        accountId: ACCOUNT,
        weekId: WEEK,
        networkId: id,
        kind: by === undefined ? 'own' : mention ? 'mention' : 'reply',
        authorNetworkId: by === undefined ? ACCOUNT_USER : `user-${by}`,
        authorHandle: by === undefined ? 'NorthDaleHealth' : by.toLowerCase().replaceAll(/\W/g, '_'),
        authorName: by ?? 'NorthDale Health',
        text,
        lang: 'en',
        links: [],
        images: [],
        replyTo: answers ?? null,
        createdAt: at(when),
        numbers: {
          replies: 3,
          reposts: 1,
          likes: 90,
          quotes: 0,
          impressions: by === undefined ? 1000 : null,
        },
        numbersReadAt: at('Fri 18:00'),
        chosenAt: chosen ? at(when) : null,
        chosenBy: chosen ? RUTH.id : null,
        seenAt: at(when),
        ...more,
      })
    }
  })
}

/** A few days of what was said: a thread, a picture, a talk with chosen and unchosen replies. */
export const SAYINGS: Saying[] = [
  {
    id: '101',
    when: 'Mon 7:42',
    text: 'Good morning from Hallbeck. I’m Ruth, I’ve been a community nurse in Upper Dale for nineteen years, and this account is mine until Friday. Eleven visits today, one windscreen to scrape first. #MyWorkingWeek ^RE',
  },
  {
    id: '102',
    when: 'Mon 8:55',
    text: 'First door is four miles up this road. Some mornings the commute makes up for the paperwork. ^RE',
    more: {
      images: [
        { hash: PICTURE, alt: 'A red car on a winding lane between dry stone walls, frost on the fields.' },
      ],
    },
  },
  {
    id: '103',
    when: 'Mon 12:20',
    text: 'What’s in the bag? People always ask, so here is the honest list. A short thread, one sandwich long.',
  },
  {
    id: '104',
    when: 'Mon 12:21',
    text: 'Dressings in nine sizes, because skin does not come in three.',
    answers: '103',
  },
  {
    id: '105',
    when: 'Mon 12:22',
    text: 'And a notebook, on paper, for the things people tell you on the doorstep. ^RE',
    answers: '104',
  },
  {
    id: '110',
    when: 'Mon 16:40',
    text: 'Last visit done: what do you wish you had known before a nurse first came to your house? ^RE',
  },
  {
    id: '111',
    when: 'Mon 17:02',
    by: 'Margaret Dunn',
    text: 'That I didn’t have to tidy up. I’d hoovered the stairs. She never went upstairs.',
    answers: '110',
    chosen: true,
  },
  {
    id: '112',
    when: 'Mon 17:15',
    text: 'We never look at the stairs, Margaret. We look at whether you can get up them. ^RE',
    answers: '111',
  },
  {
    id: '113',
    when: 'Mon 17:21',
    by: 'Nobody Chosen',
    text: 'My address is 1 Hill Road, come any time.',
    answers: '110',
  },
  { id: '114', when: 'Mon 17:30', text: 'Please don’t put your address here. ^RE', answers: '113' },
  { id: '120', when: 'Wed 9:30', text: 'Doors open. The queue goes past the phone box. ^RE' },
  {
    id: '121',
    when: 'Wed 10:00',
    by: 'Leg Club Skelby',
    text: 'We are watching @NorthDaleHealth from the church hall',
    mention: true,
    chosen: true,
  },
  { id: '130', when: 'Fri 16:45', text: 'The quiet is full of people. Thank you. ^RE' },
]
