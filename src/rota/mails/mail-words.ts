import { fillIn as fillWords, unknownIn } from '../../accounts/variables.ts'
import { INVITATION_LINK } from '../../mail/mail.ts'
import { ASKING_VARIABLES, ASKING_WORDS, variablesOfAsking } from '../asking/mail-words.ts'
import { isAskingMail, type WeekMailKind, type WordedMailKind } from './mail-plan.ts'

/** The words of a mail, with variables in braces. */
export interface MailWords {
  subject: string
  text: string
}

/** What a variable stands for, by its name. */
const WEEK_VARIABLES = {
  name: 'the host’s name',
  account: 'the account’s handle, with the @',
  'account-name': 'the account’s name',
  days: 'the days of the week, such as “23 to 27 November”',
  opens: 'when it opens, such as “Monday 9:00”',
  closes: 'when it closes, such as “Friday 18:00”',
  zone: 'the place whose time that is, such as “London”',
  countdown: 'how far off the week is, such as “tomorrow” or “in four weeks”',
  about: 'the theme and why this week, as far as they are known',
  lead: 'the name of the lead',
  'lead-mail': 'the lead’s address',
  deciders: 'who reads the drafts',
  reads: 'what one of you reads before it goes out, by the account’s policy',
  missing: 'what is still missing, in lists: what the host does, and what the team does with them',
  opening: 'whether the week opens at its time, or what it waits for',
  numbers: 'the week in numbers, once it is over',
  'week-link': 'the address of the week’s page',
  'own-link': 'the address of the host’s own page, day by day',
  'write-link': 'the address at which the host begins a draft',
  'practice-link': 'the address at which the host can practise first',
  'rules-link': 'the address of the house rules, to sign',
  'public-link': 'the address of the week’s public page',
  'recap-link': 'the address at which the host edits the recap',
  'reflection-link': 'the address at which the host looks back on the week',
  'certificate-link': 'the address of the certificate of hosting',
  'invitation-link': 'the secret address of the invitation',
} as const
type WeekVariable = keyof typeof WEEK_VARIABLES
export const VARIABLES = { ...ASKING_VARIABLES, ...WEEK_VARIABLES }
export type Variable = keyof typeof VARIABLES

export type Values = Record<Exclude<WeekVariable, 'invitation-link'>, string>

const AFTERWARDS: readonly WeekVariable[] = ['numbers', 'certificate-link']

/** What a mail may say: the invitation's secret in the invitation, whose reader can open nothing else; numbers when there are any. */
export function variablesOf(kind: WordedMailKind): Variable[] {
  if (isAskingMail(kind)) return variablesOfAsking(kind)
  return (Object.keys(WEEK_VARIABLES) as WeekVariable[]).filter((name) => {
    if (kind === 'invitation')
      return name === 'invitation-link' || !(name.endsWith('-link') || AFTERWARDS.includes(name))
    return name !== 'invitation-link' && (!AFTERWARDS.includes(name) || kind === 'week-after')
  })
}

/** What is wrong with words that somebody wrote, for people; null when a mail can be made of them. */
export function whyNotWords(kind: WordedMailKind, words: string): string | null {
  const unknown = unknownIn(words, variablesOf(kind))
  if (unknown.length === 0) return null
  const [first] = unknown
  const exists = Object.hasOwn(VARIABLES, first!)
  const list = unknown.map((name) => `{${name}}`).join(', ')
  if (unknown.length === 1 && exists) return `${list} can’t be used in this mail.`
  return `${list} ${unknown.length === 1 ? 'is no variable' : 'are no variables'} of this mail. Those that there are stand beside the form.`
}

/** The words with their variables filled in, once: what a value holds is no variable. Lines that became empty are closed up. */
export function fillIn({ subject, text }: MailWords, values: Partial<Record<Variable, string>>): MailWords {
  const fill = (words: string) => fillWords(words, values)
  return {
    subject: fill(subject).replaceAll(/\s+/g, ' ').trim(),
    text: `${fill(text)
      .replaceAll(/[^\S\n]+\n/g, '\n')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`,
  }
}

const WEEK_WORDS: Record<WeekMailKind, MailWords> = {
  invitation: {
    subject: 'Would you take {account} for a week?',
    text: `Hello {name},

{lead} asks you to host {account}, the account of {account-name} on X, for a week: {days}. It opens {opens} and closes {closes}, {zone} time.

Each week somebody else has the account and tells of their work, a few posts a day, in their own words. You write them in your browser; {reads}, and it stands on X (once Twitter) under the account’s name and your initials. You need no account there, and never a password.

{about}

This page says what to expect, and there you can accept:

${INVITATION_LINK}

It works until the week closes.

If you have a question, or it does not suit you, please answer {lead}, {lead-mail}: a “No, thank you” is enough.`,
  },
  'week-confirmed': {
    subject: '{days}: {account} is yours',
    text: `Hello {name},

thank you for taking {account}. Your week is {days}. It opens {opens} and closes {closes}, {zone} time; an entry for your calendar comes with this mail.

You can begin to write whenever you like:
{write-link}

If you have never done this, practise first, with an account that only you see. Nothing of it goes out:
{practice-link}

Before your week opens:
{missing}

Everything about your week stands here:
{week-link}

If anything changes for you, please write to {lead}, {lead-mail}.`,
  },
  'week-four-weeks': {
    subject: '{account} is yours {countdown}',
    text: `Hello {name},

{account} is yours {countdown}, {days}. Nothing has to be ready yet. Three things make a good week:

- One idea for each day: something that you do then, or will see.
- A few pictures, taken over the next weeks. Nobody in them who has not agreed.
- One thing that you would like people to know when your week is over.

{about}

Still to do before it opens:
{missing}

Everything about your week:
{week-link}

Questions go to {lead}, {lead-mail}.`,
  },
  'week-one-week': {
    subject: '{account} is yours {countdown}',
    text: `Hello {name},

your week begins {countdown}: {opens}, {zone} time.

Still to do:
{missing}

It helps to have three drafts for the first day, so that {deciders} can read them in peace:
{write-link}

If you would like to try it out before, alone and with nothing going out, there is a practice account:
{practice-link}

Questions go to {lead}, {lead-mail}.`,
  },
  'week-eve': {
    subject: '{account} is yours {countdown}',
    text: `Hello {name},

{account} is yours {countdown}. {opening}

Your page shows what goes out when, and what people answer:
{own-link}

You are not alone with it: the team looks after the account with you, and can stop everything at any time. Sleep well.

{lead}, {lead-mail}`,
  },
  'week-welcome': {
    subject: 'Good morning, and welcome to {account}',
    text: `Hello {name},

{account} is yours {countdown}. {opening}

Write, see what goes out, and answer people:
{own-link}

If somebody is unkind to you, or asks what you can’t answer, press “I need help with this” beside it, and we look after it. You don’t have to answer. For anything else: {lead}, {lead-mail}.

Enjoy it.`,
  },
  'week-last-day': {
    subject: 'Your week with {account} closes {closes}',
    text: `Hello {name},

your week closes {closes}, {zone} time. To say goodbye on the account, write it now, so that there is time to read it before it goes out:
{write-link}

Thank you for this week. While it is fresh: what did you hope for, what surprised you, who did you meet, what would you tell the next host? A few sentences are enough, and become a part of the recap:
{reflection-link}

If something could have gone better, {lead} would like to hear of it: {lead-mail}.`,
  },
  'week-after': {
    subject: 'Your week at {account}, and thank you',
    text: `Hello {name},

thank you once more for your week, {days}.

{numbers}

Your week is told as a page, day by day. Read it, and make it your own:
{recap-link}

For your development record there is a certificate of hosting, to print or to keep:
{certificate-link}

You know now what it is like. Who in your team should have the account next? Please tell {lead}, {lead-mail}.`,
  },
}

/** What the mails say until an account's leads say it better. */
export const DEFAULT_WORDS: Record<WordedMailKind, MailWords> = { ...ASKING_WORDS, ...WEEK_WORDS }
