/** Everything that the record knows. The words for people are in `pages.ts`. */
export const ACTIVITY_KINDS = [
  'installation.made',
  'installation.restored',
  'person.signed-in',
  'person.role-given',
  'person.role-taken',
  'person.changed',
  'account.changed',
  'account.connected',
  'account.disconnected',
  'account.connection-lost',
  'account.brake-pulled',
  'account.brake-explained',
  'account.brake-released',
  'week.booked',
  'week.changed',
  'week.hiatus-set',
  'week.cancelled',
  'week.announced',
  'week.closed',
  'live.changed',
  'host.invited',
  'host.accepted',
  'host.declined',
  'host.replaced',
  'host.trusted',
  'draft.begun',
  'draft.changed',
  'draft.submitted',
  'draft.withdrawn',
  'draft.discarded',
  'draft.restored',
  'draft.approved',
  'draft.changes-requested',
  'draft.declined',
  'draft.stopped',
  'draft.answered',
  'draft.check-answered',
  'draft.check-reopened',
  'draft.named',
  'draft.unnamed',
  'draft.passed',
  'delivery.posted',
  'delivery.failed',
  'delivery.unknown',
  'delivery.held',
  'delivery.released',
  'delivery.abandoned',
  'delivery.cancelled',
  'delivery.taken-down',
  'delivery.removed',
  'delivery.removal-stuck',
  'post.chosen',
  'post.unchosen',
  'post.vanished',
  'post.left',
  'post.unleft',
  'post.hidden',
  'post.unhidden',
  'post.hiding-done',
  'post.hiding-stuck',
  'help.asked',
  'help.taken',
  'help.closed',
  'answer.written',
  'answer.approved',
  'answer.declined',
  'answer.retired',
  'answer.sent',
  'recap.generated',
  'recap.changed',
  'recap.published',
  'recap.withdrawn',
] as const
export type ActivityKind = (typeof ACTIVITY_KINDS)[number]

export interface Activity {
  accountId: string | null
  kind: ActivityKind
  /** Null: the app did it by itself, on a rule. */
  personId: string | null
  weekId?: string | null
  draftId?: string | null
  deliveryId?: string | null
  /** Facts for the sentence on the page, such as a host's name or a reason. */
  details?: Record<string, string | number | boolean | null>
  at: Date
}
