import { base } from './base.ts'

/**
 * After signing in again, forms need the new session's token: every page has it. This one may have answered a form, and can't be
 * asked for again. Where somebody else signed in meanwhile, what stands here is not theirs to send, and they get none.
 */
export async function renewToken(page: Document): Promise<boolean> {
  const response = await fetch(`${base()}/today`, { redirect: 'manual' })
  if (!response.ok) return false
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  if (fresh.body.dataset['signedIn'] !== page.body.dataset['signedIn']) return false
  const token = fresh.querySelector<HTMLInputElement>('[name="_csrf"]')?.value
  if (!token) return false
  for (const field of page.querySelectorAll<HTMLInputElement>('[name="_csrf"]')) field.value = token
  return true
}

/** In another tab, so that this one stays as it is. */
export function signInLink(page: Document): HTMLAnchorElement {
  const link = page.createElement('a')
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`
  link.target = '_blank'
  link.rel = 'noopener'
  link.textContent = 'Sign in again in another tab, then go on here'
  return link
}
