import type { Account } from '../../accounts/accounts.ts'
import type { LinkReader } from '../candidate.ts'
import { requestInWords } from './ask-page.ts'
import { dayInWords, dayOf } from '../../calendar.ts'
import { weekOfSlot } from './candidate-mails.ts'
import type { Candidate, Offer } from './candidates.ts'

/** What somebody finds behind the link of their mail, by how far they are. */
export function answerPage({
  candidate,
  account,
  reader,
  token,
  offer,
  free,
  now,
}: {
  candidate: Candidate
  account: Account
  reader: LinkReader
  token: string
  /** That is open to them, if any; and of its weeks those that are free. */
  offer: Offer | null
  free: string[]
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
  if (state === 'offered' && offer) return { ...common, ...offered(candidate, { account, offer, free, now }) }
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

function offered(
  { name }: Candidate,
  { account, offer, free, now }: { account: Account; offer: Offer; free: string[]; now: Date },
) {
  const today = dayOf(now, account.timeZone)
  const until = dayInWords(dayOf(new Date(offer.endsAt.getTime() - 1), account.timeZone), today)
  const none = free.length === 0
  return {
    title: none ? 'These weeks have gone' : 'Choose your week',
    lead: none
      ? `Others were faster, ${name}: none of the weeks that you were offered is free any more. The team sees that, and you stay on its list.`
      : `${name}, these weeks at @${account.handle} are yours to choose from until ${until}. Whoever chooses first has a week.`,
    letter: offer.words,
    choice: none
      ? null
      : {
          id: 'slot',
          name: 'slot',
          legend: 'Which week?',
          type: 'radio',
          required: true,
          choices: offer.slots.map((slot) => {
            const isFree = free.includes(slot)
            return {
              value: slot,
              label: weekOfSlot(account, slot, today),
              note: isFree ? null : 'has gone to somebody else',
              disabled: !isFree,
              checked: isFree && free.length === 1,
            }
          }),
        },
    refuse: none
      ? null
      : {
          id: 'refuse-words',
          name: 'words',
          label: 'When would it suit you?',
          hint: 'If you like. You stay on the list.',
          rows: 3,
          maxlength: '300',
        },
    drop: { label: 'Delete all that I sent' },
    showSaid: false,
  }
}
