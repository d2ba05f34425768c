import type { Account } from '../accounts/accounts.ts'
import { addDays, dayInWords, dayOf } from '../calendar.ts'
import type { GoodPost } from './good-posts.ts'
import { PRACTICE_ACCOUNT, PRACTICE_HASHTAG, PRACTICE_WEEK } from './scene.ts'
import { FOR_THURSDAY, TASKS, type Task } from './task.ts'
import { capital, inLetters, listInWords } from '../words.ts'

/** Days from the practice week's first one, a Monday. */
const TO_THURSDAY = 3

/** The guide through practising: what it is, the tasks with what is done, and posts that did well. */
export function practicePage({
  account,
  stand,
  elsewhere,
  good,
  kept,
  base,
}: {
  account: Pick<Account, 'handle' | 'hashtag'>
  /** Null before they have begun. */
  stand: { slot: string; hashtag?: string; done: string[] } | null
  /** For whose week they practise at present, where that is another account's. */
  elsewhere: Pick<Account, 'handle'> | null
  good: GoodPost[]
  /** Until when there is a practice: as `endOfPractice` has it. */
  kept: { closesAt: Date | null; zone: string; now: Date }
  /** What stands before the practice's addresses. */
  base: string
}) {
  const done = stand?.done.length ?? 0
  const next = TASKS.find((task) => !stand?.done.includes(task))
  return {
    title: 'Practise',
    lead: leadOf(stand === null ? null : done),
    begun: stand !== null,
    elsewhere: elsewhere && `@${elsewhere.handle}`,
    handle: `@${account.handle}`,
    pretend: `@${PRACTICE_ACCOUNT.handle}`,
    kept: keptInWords(kept),
    desk: `${base}/today`,
    tasks: TASKS.map((task) => {
      const isDone = stand?.done.includes(task) ?? false
      const words = wordsOf(task, stand?.hashtag ?? account.hashtag)
      const label = isDone ? 'Once more' : 'Try it'
      return {
        ...words,
        done: isDone,
        next: task === next,
        href: stand && hrefOf(task, base, stand.slot),
        label,
        describe: `${label}: ${words.title}`,
      }
    }),
    good: good.map(({ text, host, slot, likes, replies, alt }) => ({
      text,
      who: `${host}, week of ${dayInWords(slot)}`,
      foot: [
        `${likes} ${likes === 1 ? 'like' : 'likes'}`,
        ...(replies ? [`${replies} ${replies === 1 ? 'reply' : 'replies'}`] : []),
      ].join(', '),
      alt,
    })),
  }
}

/** How the tasks stand, as a link to them. */
export function tasksInWords(done: number): string {
  const all = `Your ${inLetters(TASKS.length)} tasks`
  if (done === 0) return all
  return `${all}: ${done === TASKS.length ? 'all' : inLetters(done)} done`
}

/** What is said when something they did was a task, or several at once. */
export function doneInWords(tasks: readonly Task[], done: number): string {
  const titles = listInWords(tasks.map((task) => `“${wordsOf(task, '').title}”`))
  const are = tasks.length === 1 ? 'is' : 'are'
  return done === TASKS.length
    ? `${titles} ${are} done, and with ${tasks.length === 1 ? 'it' : 'them'} all ${inLetters(done)}.`
    : `${titles} ${are} done, ${inLetters(done)} of ${inLetters(TASKS.length)}.`
}

/** Before all of it is deleted: what goes. */
export function endPage({ done }: { done: string[] }) {
  return {
    title: 'Delete your practice?',
    done:
      done.length === 0
        ? 'You have not finished a task yet.'
        : `You have done ${inLetters(done.length)} of the ${inLetters(TASKS.length)} tasks, and that is forgotten too.`,
  }
}

function leadOf(done: number | null): string {
  if (done === null)
    return 'Six small tasks, a quarter of an hour. Nothing can go wrong: what you write goes to a pretend network that only you see.'
  if (done === TASKS.length) return 'You have done all six. You are ready; come back as often as you like.'
  if (done === 0) return 'Begin wherever you like. You can stop at any moment and go on later.'
  return `${capital(inLetters(done))} of ${inLetters(TASKS.length)} done. You can stop at any moment and go on later.`
}

/** What is deleted, and when. */
function keptInWords({ closesAt, zone, now }: { closesAt: Date | null; zone: string; now: Date }): string {
  const what = 'All that you wrote in it, with its pictures, is deleted'
  const unopened = 'once you have not opened it for four weeks'
  if (closesAt === null) return `${what} ${unopened}.`
  const day = dayInWords(dayOf(closesAt, zone), dayOf(now, zone))
  return `${what} when your week closes, on ${day}, or before that ${unopened}.`
}

function wordsOf(task: Task, hashtag: string): { title: string; text: string } {
  const words: Record<Task, [title: string, text: string]> = {
    write: [
      'Write a first post',
      'Say who you are and what you do, in your own words, and submit it. After a moment the practice approver answers, as one of the team does in your week.',
    ],
    reply: [
      'Answer somebody',
      'People have asked things. Choose one and press “Answer”. You need not answer all: one of them wants medical advice, which you leave, or ask for help with.',
    ],
    picture: [
      'Describe a picture',
      'Put a picture into a post, any that is yours, and say in a sentence what it shows. That sentence is read aloud to people who can’t see it.',
    ],
    hashtag: [
      'Use the hashtag',
      `Write ${hashtag || PRACTICE_HASHTAG} in a post and submit it, so that people who follow the week find it.`,
    ],
    conversation: [
      'Find what matters in what is said',
      'Above the conversation you choose what is shown. Look at what needs an answer.',
    ],
    thursday: [
      'Put two drafts by for Thursday',
      `Write ${FOR_THURSDAY === 2 ? 'two' : FOR_THURSDAY} posts ahead and give each a time on Thursday. Saving is enough. A busy day is easier with something in hand.`,
    ],
  }
  const [title, text] = words[task]
  return { title, text }
}

function hrefOf(task: Task, base: string, slot: string): string {
  const write = `${base}/drafts/new?week=${PRACTICE_WEEK}`
  const said = `${base}/weeks/${PRACTICE_WEEK}/conversation`
  if (task === 'reply' || task === 'conversation') return said
  return task === 'thursday' ? `${write}&day=${addDays(slot, TO_THURSDAY)}&time=12:30` : write
}
