import { publicAccounts } from '../accounts/accounts.ts'
import type { Reader } from '../db/database.ts'
import { accountsOfImage, findImage, type Image } from '../images/images.ts'
import { isOnStandingPost } from '../listening/posts.ts'
import { isShownInStory } from '../recaps/recaps.ts'
import { isAnnouncedPortrait } from '../rota/weeks.ts'

/** A picture that stands on a public page; undefined for all others, whether they exist or not. */
export async function findPublicPicture(read: Reader, hash: string): Promise<Image | undefined> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return undefined
  const image = await findImage(read, hash)
  if (!image) return undefined
  const accounts = await publicAccounts(read)
  const of = await accountsOfImage(read, hash)
  // All of whom it is have withdrawn their pages.
  if (of.length > 0 && !of.some((id) => accounts.some((account) => account.id === id))) return undefined
  const isPublic =
    accounts.some(({ avatarHash }) => avatarHash === hash) ||
    (await isAnnouncedPortrait(read, hash)) ||
    (await isShownInStory(read, hash)) ||
    (await isOnStandingPost(read, hash))
  return isPublic ? image : undefined
}
