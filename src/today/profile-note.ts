import { fillTemplate, templateOf } from '../accounts/post-templates.ts'
import { findAccount } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { postValues } from '../drafts/drafts.ts'
import { profileChangeDue } from '../rota/readiness/tick-profile.ts'

/** Of a bio on X, in characters. https://help.x.com/en/managing-your-account/how-to-customize-your-profile */
const LONGEST_BIO = 160

/** For a lead: what of the account's profile on X is to be changed by hand now. Null when nothing is, or the account wants no such note. */
export async function profileNote(
  read: Reader,
  { accountId, now, publicUrl }: { accountId: string; now: Date; publicUrl: string },
) {
  const account = (await findAccount(read, accountId))!
  const { text } = templateOf(account, 'bio')
  const due = text === '' ? null : await profileChangeDue(read, { accountId, zone: account.timeZone, now })
  if (!due) return null
  const { week, host, change } = due
  const action = `/weeks/${week.id}/profile`
  const handle = `@${account.handle}`
  if (change === 'back') {
    const happened = host.endedAt ? `${host.name} has the account no more` : `${host.name}’s week is over`
    const words = `${happened}: change picture and bio back, so that nobody takes the account for theirs.`
    return {
      title: `The profile of ${handle} on X`,
      text: words,
      change,
      action,
      bio: null,
      over: null,
      portrait: null,
    }
  }
  const bio = fillTemplate(text, postValues(account, { week, host, next: undefined, publicUrl, now }))
  return {
    title: `The profile of ${handle} on X`,
    text: `X lets nobody but you change picture and bio. So that followers see who has the account, set them to ${host.name} by hand, then tick it off here.`,
    change,
    action,
    bio,
    over: bio.length > LONGEST_BIO ? `X takes ${LONGEST_BIO} characters; these are ${bio.length}.` : null,
    portrait: host.portraitHash ? `/images/${host.portraitHash}` : null,
  }
}
