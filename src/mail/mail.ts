export const MAIL_STATES = ['planned', 'held', 'queued', 'sent', 'failed'] as const
export type MailState = (typeof MAIL_STATES)[number]

export const MAIL_KINDS = [
  'sign-in',
  'invitation',
  'hosting-ended',
  'draft-submitted',
  'draft-approved',
  'changes-requested',
  'draft-declined',
  'delivery-trouble',
  'recap-ready',
] as const
export type MailKind = (typeof MAIL_KINDS)[number]

/** Stands in a mail's text where a link is made at the moment of sending, so that no secret lies in the outbox. */
export const SIGN_IN_LINK = '{sign-in-link}'
