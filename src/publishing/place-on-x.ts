import type { ReconcileDeps } from './settings.ts'

/** Where a post stands, for a mail; a sandbox has no addresses on X. */
export function placeOnX({ mode }: ReconcileDeps['settings'], handle: string, networkId: string): string {
  return mode === 'live'
    ? `https://x.com/${handle}/status/${networkId}`
    : `the post with the number ${networkId}`
}
