import type { Account } from '../../accounts/accounts.ts'
import type { LinkReader } from '../candidate.ts'
import { requestInWords } from './ask-page.ts'
import type { Candidate } from './candidates.ts'

/** What somebody finds behind the link of their mail, by how far they are. */
export function answerPage({
  candidate,
  account,
  reader,
  token,
  now,
}: {
  candidate: Candidate
  account: Account
  reader: LinkReader
  token: string
  now: Date
}) {
  const handle = `@${account.handle}`
  const { state, name } = candidate
  const action = `/take-part/${token}`
  const common = { action, version: candidate.version, said: requestInWords(account, candidate, now) }
  if (reader === 'suggester')
    return state === 'unconfirmed'
      ? {
          ...common,
          title: `Suggest ${name} for ${handle}?`,
          lead: `Look at it once more. When you press the button, ${name} gets a mail that says who suggests them, and is asked whether they would like a week. The team sees nothing before that.`,
          confirm: { label: `Yes, ask ${name}` },
          drop: { label: 'No, delete it' },
          showSaid: true,
        }
      : {
          ...common,
          title: 'Thank you',
          lead: 'They are asked, unless they were asked lately or told us not to. They decide, so you don’t hear of it here.',
        }
  switch (state) {
    case 'unconfirmed':
      return {
        ...common,
        title: 'Send it to the team?',
        lead: `Look at it once more. When you press the button, the leads of ${handle} can read it.`,
        confirm: { label: 'Yes, send it' },
        drop: { label: 'No, delete it' },
        showSaid: true,
      }
    case 'nominated':
      return {
        ...common,
        title: `${name}, would you like a week?`,
        lead: `${candidate.suggestedBy} suggests you for ${handle}. Say a little more about yourself, or say no.`,
        form: { label: 'Yes, I would like a week' },
        drop: { label: 'No, thank you: delete it' },
        never: { label: 'No, and don’t ask me again' },
      }
    case 'booked':
      return {
        ...common,
        title: 'The week is yours',
        lead: `Thank you, ${name}. What comes next stands in the mail that is on its way to ${candidate.email}.`,
        signIn: true,
      }
    case 'declined':
      return {
        ...common,
        title: 'Thank you for asking',
        lead: `The team could not offer you a week. What you sent is deleted on ${common.said.erased}.`,
        drop: { label: 'Delete it now' },
        showSaid: true,
      }
    default:
      return {
        ...common,
        title: 'The team has it',
        lead: `Thank you, ${name}. The leads of ${handle} read it, and you hear from them. It is deleted on ${common.said.erased}, unless you have a week by then.`,
        changing: { label: 'Save the changes' },
        drop: { label: 'Delete all of it now' },
        showSaid: true,
      }
  }
}
