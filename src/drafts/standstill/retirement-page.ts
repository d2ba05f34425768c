import { PAGES_AFTER, type PagesAfter } from '../../accounts/account.ts'
import type { Account } from '../../accounts/accounts.ts'
import type { AccountWork } from './account-work.ts'
import { capital, inLetters } from '../../words.ts'

export const PAGES_WORDS: Record<PagesAfter, { label: string; note: string }> = {
  stay: {
    label: 'They stay',
    note: 'The stories can be read at their addresses, and the page says that it has ended.',
  },
  withdrawn: {
    label: 'They are withdrawn',
    note: 'Nobody finds them any more, nor the feeds and the calendar. You can put them back.',
  },
}

/** Before an account ends: what happens then, and the form. */
export function retirementPage(
  { id, handle }: Account,
  { weeks, waiting, submitted }: AccountWork,
  { typed, errors }: { typed: Record<string, string>; errors: Record<string, string> },
) {
  return {
    title: `End @${handle}`,
    handle: `@${handle}`,
    action: `/accounts/${id}/retirement`,
    back: `/accounts/${id}#pause`,
    consequences: [
      weeks === 0
        ? 'No week is ahead, so nobody loses one.'
        : `${counted(weeks, 'week')} ${weeks === 1 ? 'is' : 'are'} cancelled, and the hosts are told by mail.`,
      waiting === 0
        ? 'Nothing is on its way.'
        : `${counted(waiting, 'post')} that ${waiting === 1 ? 'waits is' : 'wait are'} never sent. What is being sent at this very moment may still go out.`,
      ...(submitted === 0
        ? []
        : [
            `${counted(submitted, 'draft')} that ${submitted === 1 ? 'waits' : 'wait'} for a decision can’t go out any more.`,
          ]),
      'Replies are no longer read, and our permission at X is given back.',
      'Drafts, decisions, the record and the stories can be read here as before. What stands on X stays there.',
      'It can’t be undone. To rest for a while, pause the account instead.',
    ],
    pages: {
      id: 'pagesAfter',
      name: 'pagesAfter',
      legend: 'What becomes of the public pages?',
      type: 'radio',
      error: errors['pagesAfter'],
      choices: PAGES_AFTER.map((value) => ({
        value,
        ...PAGES_WORDS[value],
        checked: (typed['pagesAfter'] ?? 'stay') === value,
      })),
    },
    reason: {
      id: 'reason',
      name: 'reason',
      label: 'Why it ends',
      hint: 'For the mails to hosts and the desk, and for the record. You can leave it empty.',
      value: typed['reason'] ?? '',
      error: errors['reason'],
    },
    handleField: {
      id: 'handle',
      name: 'handle',
      label: `Type @${handle}`,
      hint: 'So that this happens to no other account.',
      autocomplete: 'off',
      value: typed['handle'] ?? '',
      error: errors['handle'],
    },
  }
}

/** "Two weeks" */
export function counted(count: number, what: string): string {
  return `${capital(inLetters(count))} ${what}${count === 1 ? '' : 's'}`
}
