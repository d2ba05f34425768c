import type { Vault } from '../accounts/vault.ts'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { ImageFiles } from '../images/image-files.ts'
import type { Network } from '../networks/network.ts'
import type { Assets } from './assets.ts'

/** What the web pages are built from; nothing in it knows Fastify. */
export interface Deps {
  db: Database
  clock: Clock
  network: Network
  images: ImageFiles
  vault: Vault
  assets: Assets
  settings: WebSettings
  /** What runs in the background, and how it goes. */
  jobs(): JobState[]
  /** Where a folder keeps the public sites: those that it does not hold as they stand. */
  siteTroubles?(): { accountId: string; says: string; since: Date }[]
  /** Calls from its sleep what a change concerns: publisher, outbox, listener, what ends brakes, looks up handles, hides replies, hands weeks over. */
  wake: {
    publisher(): void
    mail(): void
    listener(): void
    releaser(): void
    lookingUp(): void
    hider(): void
    handover(): void
  }
}

/** What pages for everybody are built from. */
export type PublicDeps = Pick<Deps, 'db' | 'clock' | 'images' | 'assets' | 'settings'>

/** Machine times; each null where it does not. */
export interface JobState {
  name: string
  failingSince: Date | null
  runningSince: Date | null
}

export interface WebSettings {
  mode: 'sandbox' | 'live'
  /** Without a slash at its end. A function, because a sandbox knows its port only once it listens. */
  publicUrl(): string
  sessionSecret: string
  trustProxy: boolean | string
  logLevel: string
  /** Where the folder with the public sites is found by everybody, when that is not `publicUrl`. */
  siteUrl?: string
  /** Only where the public pages of an account are asked for to be kept in a folder: whose. Nothing answers there. */
  inFolder?: { accountId: string }
}
