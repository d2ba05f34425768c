import { ANSWER_LINK } from '../../mail/mail.ts'
import type { AskingMailKind } from '../mails/mail-plan.ts'

/** What the variables of the mails to people who ask for a week stand for, beside those of every mail. */
export const ASKING_VARIABLES = {
  name: 'the person’s name',
  account: 'the account’s handle, with the @',
  'account-name': 'the account’s name',
  lead: 'the name of the lead',
  'lead-mail': 'the lead’s address',
  by: 'the name of who suggested them',
  weeks: 'the weeks to choose from, in a list',
  until: 'the last day on which the offer holds',
  words: 'what the lead writes to this person, if anything',
  'kept-until': 'the day on which what they sent is deleted',
  'answer-link': 'the secret address of their own page',
} as const
export type AskingVariable = keyof typeof ASKING_VARIABLES

const EVERYWHERE: readonly AskingVariable[] = [
  'name',
  'account',
  'account-name',
  'lead',
  'lead-mail',
  'kept-until',
]
const OWN: Record<AskingMailKind, readonly AskingVariable[]> = {
  'candidate-nominated': ['by', 'answer-link'],
  'candidate-offer': ['weeks', 'until', 'words', 'answer-link'],
  'candidate-kept': ['words', 'answer-link'],
  'candidate-declined': ['words'],
}

export function variablesOfAsking(kind: AskingMailKind): AskingVariable[] {
  return [...EVERYWHERE, ...OWN[kind]]
}

/** What these mails say until an account's leads say it better. */
export const ASKING_WORDS: Record<AskingMailKind, { subject: string; text: string }> = {
  'candidate-nominated': {
    subject: '{by} suggests you for a week at {account}',
    text: `Hello {name},

{by} thinks that you should have {account}, the account of {account-name} on X, for a week. Each week somebody else has it and tells of their work, a few posts a day, in their own words. Somebody of the team reads them before they go out, and you never need a password.

Would you like that? Say so here, or say no:

${ANSWER_LINK}

Nobody of the team has seen your name yet. Without your answer it is deleted on {kept-until}, and you hear no more of it.

Questions go to {lead}, {lead-mail}.`,
  },
  'candidate-offer': {
    subject: 'Choose your week at {account}',
    text: `Hello {name},

you would like to have {account} for a week, and we would like that too. These are free:

{weeks}

Choose one here. Whoever chooses first has it, and none is held for you alone:

${ANSWER_LINK}

The offer holds until {until}.

{words}

If none of them suits you, say so on the same page. Questions go to {lead}, {lead-mail}.`,
  },
  'candidate-kept': {
    subject: 'A week at {account}: we have you in mind',
    text: `Hello {name},

thank you for asking for a week at {account}. There is none for you just now. We keep what you sent and come back to you; it is deleted on {kept-until} at the latest.

{words}

To read it, change it or have it deleted at once:
${ANSWER_LINK}

{lead}, {lead-mail}`,
  },
  'candidate-declined': {
    subject: 'Your question about a week at {account}',
    text: `Hello {name},

thank you for asking for a week at {account}, and for the time that you took for it. We can’t offer you one.

{words}

What you sent is deleted on {kept-until} at the latest.

With kind regards
{lead}, {lead-mail}`,
  },
}
