import { renewPostedLive } from './drafts/live/live-mails.ts'
import { renewCorrected, renewReminder, submittedRenewal } from './drafts/queue/submission-mails.ts'
import type { Renewals } from './mail/mail.ts'
import { renewTrouble } from './publishing/tell-deciders.ts'
import { renewNews } from './publishing/tell-host.ts'

/** What gathered mails look at once more when they go, by their kind. */
export function mailRenewals(publicUrl: () => string): Renewals {
  return {
    'draft-submitted': submittedRenewal(publicUrl),
    'draft-reminder': renewReminder,
    'draft-answered': renewCorrected,
    'live-posted': renewPostedLive,
    'delivery-trouble': renewTrouble,
    'post-news': renewNews,
  }
}
