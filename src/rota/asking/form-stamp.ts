import { createHmac, timingSafeEqual } from 'node:crypto'

/** People need at least so long to fill in a form; what fills it in at once is no person. Seconds. */
const QUICKEST = 4
/** A form that was opened longer ago is shown once more. Hours. */
const OLDEST = 24

/** Says when a form was shown, so that nobody can say otherwise: for that one form. Machine time. */
export function stampForm(secret: string, formId: string, shownAt: Date): string {
  const at = String(shownAt.getTime())
  return `${at}.${sealOf(secret, formId, at)}`
}

/** `good`, or why a form with this stamp is not taken as it is. */
export function readStamp(
  secret: string,
  { formId, stamp, machineNow }: { formId: string; stamp: string; machineNow: Date },
): 'good' | 'broken' | 'quick' | 'old' {
  const [at = '', seal = ''] = stamp.split('.')
  const expected = Buffer.from(sealOf(secret, formId, at))
  const given = Buffer.from(seal)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return 'broken'
  const seconds = (machineNow.getTime() - Number(at)) / 1000
  if (seconds < QUICKEST) return 'quick'
  return seconds > OLDEST * 3600 ? 'old' : 'good'
}

function sealOf(secret: string, formId: string, at: string): string {
  return createHmac('sha256', secret).update(`asking ${formId} ${at}`).digest('base64url')
}
