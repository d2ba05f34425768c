import type { Vault } from '../accounts/vault.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
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
  /** Where hosts practise; absent in what is a practice itself. */
  practice?: PracticeDoor
  /** Calls from its sleep what a change concerns: publisher, outbox, listener, what ends brakes, looks up handles, hides replies, hands weeks over. */
  wake: {
    publisher(): void
    mail(): void
    listener(): void
    releaser(): void
    lookingUp(): void
    hider(): void
    handover(): void
    clearing(): void
  }
}

/** Each person's practice, with data of its own; nothing of it is in the database. */
export interface PracticeDoor {
  /** Null where they have none. `done` names tasks. */
  standOf(
    personId: string,
  ): { accountId: string; slot: string; zone: string; hashtag?: string; done: string[] } | null
  /** Whether somebody was there a while ago. */
  isOpen(personId: string): boolean
  /** Makes their practice, for the hosts of this account. Nothing where they have that already; one of another account goes. */
  begin(person: { personId: string; name: string; email: string }, accountId: string): Promise<void>
  /** Deletes all of it. */
  end(personId: string): Promise<void>
  /**
   * Answers a request to an address of the practice, given without what stands before it. `taken` is called as soon as it will.
   * @throws Conflict where it can't be opened; the message says what to do.
   */
  answer(
    personId: string,
    exchange: {
      request: IncomingMessage
      response: ServerResponse
      address: string
      /** It is a page that looks by itself, and nobody who comes. */
      looks: boolean
      taken(): void
    },
  ): Promise<void>
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
  /** Only in a practice account: what stands before its addresses, where its tasks are and how they stand in words, and by whose clocks it goes. */
  practice?: { base: string; home: string; zone: string; tasks(): string }
  /** Only where the public pages of an account are asked for to be kept in a folder: whose. Nothing answers there. */
  inFolder?: { accountId: string }
}
