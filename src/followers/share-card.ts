import { createHash } from 'node:crypto'
import type { Account } from '../accounts/accounts.ts'
import { daysInWords, weekdayLetter } from '../calendar.ts'
import type { Reader } from '../db/database.ts'
import type { ImageFiles } from '../images/image-files.ts'
import { sizedImage } from '../images/sized.ts'
import { asTold, weekDays } from '../rota/week.ts'
import { findCurrentHost, type Week, type WeekHost } from '../rota/weeks.ts'
import { drawShareImage } from './share-image.ts'

/** So many pictures are kept in memory; the ones drawn longest ago go first. Each has some 40 kB. */
const MOST_KEPT = 60

/** What stands on the picture of a week, beside the host's face. */
export function shareCardOf(
  account: Pick<Account, 'name' | 'handle' | 'timeZone'>,
  week: Pick<Week, 'theme' | 'opensAt' | 'closesAt'>,
  host: Pick<WeekHost, 'name' | 'job' | 'organisation'> | null,
) {
  const days = weekDays(week, account.timeZone)
  return {
    title: week.theme || (host ? `${host.name}’s week` : account.name),
    host: host?.name ?? '',
    job: [host?.job, host?.organisation].filter(Boolean).join(', '),
    handle: account.handle,
    dates: daysInWords(days[0]!, days.at(-1)!),
    days: days.map(weekdayLetter),
  }
}

/** The pictures of weeks for links, each drawn once for what stands on it. */
export function createShareImages(images: ImageFiles) {
  const kept = new Map<string, Promise<Buffer>>()
  return {
    /** The picture of a week, and a tag that changes with what stands on it. */
    async of(
      read: Reader,
      account: Account,
      week: Week,
    ): Promise<{ tag: string; png: () => Promise<Buffer> }> {
      const told = asTold({ week, host: await findCurrentHost(read, week.id) })
      const { host } = told
      const card = shareCardOf(account, told.week, host)
      const face = host?.portraitHash ?? null
      const tag = createHash('sha256')
        .update(JSON.stringify([card, face]))
        .digest('hex')
      return {
        tag,
        png: () => once(tag, async () => drawShareImage({ ...card, portrait: await portraitOf(face) })),
      }
    },
  }

  async function portraitOf(hash: string | null): Promise<Buffer | null> {
    if (!hash) return null
    // A link without a face is better than none.
    return sizedImage(images, { hash }, { width: 480, format: 'jpeg' }).catch(() => null)
  }

  function once(tag: string, draw: () => Promise<Buffer>): Promise<Buffer> {
    const known = kept.get(tag)
    if (known) return known
    const drawn = draw()
    kept.set(tag, drawn)
    drawn.catch(() => kept.delete(tag))
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!)
    return drawn
  }
}
