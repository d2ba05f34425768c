import { DECIDED, LIVE_POLICIES, type Policy, type Texts } from './account.ts'
import { listInWords } from '../words.ts'

type Reading = Pick<Policy, 'decided' | 'live'>

interface Named {
  name: string
  handle: string
  policy: Reading
}

/**
 * How somebody gets a week: in the account's own words; and where these are still the first ones, as its policy is now. House
 * rules stay as they are, since hosts agree to them word for word.
 */
export function takePartOf({ texts: { takePart }, ...account }: Named & { texts: Texts }): string {
  // A form sends its lines with CR LF.
  const said = takePart.replaceAll('\r\n', '\n')
  const asAtFirst = EVERY_READING.some((policy) => defaultTexts({ ...account, policy }).takePart === said)
  return asAtFirst ? defaultTexts(account).takePart : takePart
}

const EVERY_READING: Reading[] = DECIDED.flatMap((decided) =>
  LIVE_POLICIES.map((live) => ({ decided, live })),
)

/** What goes out by the policy before anybody has read it, in words; null where somebody reads all. */
export function unreadInWords({ decided, live }: Reading): string | null {
  const kinds = [
    ...(decided === 'originals' ? ['answers to people who speak to the account'] : []),
    ...(decided === 'untrusted' ? ['what hosts write whom the team trusts'] : []),
    ...(live === 'lane' ? [] : ['what is posted live from an event']),
  ]
  return kinds.length === 0 ? null : listInWords(kinds)
}

/** What an account says until its leads say it better. Markdown. */
export function defaultTexts({ name, handle, policy }: Named): Texts {
  const unread = unreadInWords(policy)
  return {
    houseRules: `- Keep it about your work, and what you would say to a room of colleagues.
- Nothing that could identify a patient, or anybody who has not agreed to be in it.
- Describe every picture for people who can’t see it.
- Be kind. Leave an argument, and tell us: we have it from there.
- You never have the password. What you write is read by one of us before it goes out${unread ? `, except ${unread}` : ''}.`,
    accessibility: `We want everybody to be able to read these pages. They are built to the Web Content Accessibility Guidelines 2.2, level AA: they work with a keyboard, with a screen reader, enlarged, without a script, in print, and in light and dark.

Pictures have descriptions written by the person who posted them. Where one is missing or poor, or anything else is in your way, please tell us, and we mend it.`,
    privacy: `These pages set no cookie, load nothing from other sites, and count nobody.

They show what ${name} posted as @${handle}, and those replies which a host or the team chose for the page, with the writer’s name as it stands on the network. When a post is deleted there, it goes from here too. If you want your words taken off this page, ask for it by the link at its foot: people see to it, without questions, and aim to within a day.

When something that was written to @${handle} worries us, we keep a copy for those who look after it. It is deleted 180 days after that is over.

Hosts’ names, jobs and portraits are shown with their agreement.

What you send to ask for a week is read by the account’s leads and nobody else, and deleted after the time that the form states, or at once when you say so. The form sets a cookie that says which browser sent it, and nothing more.`,
    contact: '',
    takePart: `You work at ${name}, in any job, and you can tell a story in two sentences. We help with the rest: somebody reads each draft, ${unread ? `except ${unread}` : 'and nothing goes out that nobody has read'}.`,
  }
}
