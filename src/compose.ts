import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { endLeftRefreshes } from './accounts/connection.ts'
import { createVault, vaultKeys, type Vault } from './accounts/vault.ts'
import { openSandboxClock, systemClock, type Clock, type MovableClock } from './clock.ts'
import type { Config } from './config.ts'
import { openDatabase, type Database } from './db/database.ts'
import { lookUpDue } from './drafts/checks/look-up-due.ts'
import { nextReminder, remindDeciders } from './drafts/queue/remind-deciders.ts'
import { endUndecided, nextEnd } from './drafts/queue/end-undecided.ts'
import { nextUndecided, tellUndecided } from './drafts/queue/tell-undecided.ts'
import { nextWeekPost, tendWeekPosts } from './drafts/templates/tend-week-posts.ts'
import { createSiteKeeper, type SiteKeeper } from './export/keep-sites.ts'
import { openImageFiles, type ImageFiles } from './images/image-files.ts'
import { layOut, sandboxSecrets, type LiveConfig } from './installation.ts'
import { nextRemovalReminder, remindOfRemovals } from './listening/ask-removal.ts'
import { hideDue } from './listening/hide-due.ts'
import { listenDue } from './listening/listen-due.ts'
import { sweepEvidence } from './listening/tend-help.ts'
import { ANSWER_LINK, CONFIRM_LINK, INVITATION_LINK, SIGN_IN_LINK, type MailTransport } from './mail/mail.ts'
import { nextMailAt } from './mail/mails.ts'
import { mailRenewals } from './mail-renewals.ts'
import { sendDueMails, sweepMails, nextPlannedMail } from './mail/outbox.ts'
import { sandboxTransport, smtpTransport } from './mail/transports.ts'
import { createGuardedFetch, createGuardedReader, type AddressAnswer } from './networks/guarded-fetch.ts'
import type { Network } from './networks/network.ts'
import { createSandboxClient, type SandboxClient } from './networks/x-sandbox/client.ts'
import { startStandIn, type StandIn } from './networks/x-sandbox/stand-in.ts'
import { createXNetwork } from './networks/x.ts'
import { keepRecordEnd, noticeOlderCopy, type RecordEndKeeper } from './older-copy.ts'
import { signInLinkMaker, sweepSignInLinks } from './people/sign-in.ts'
import { endDueBrakes, nextBrakeEnd } from './publishing/brake.ts'
import { nextDueAt } from './publishing/deliveries.ts'
import { endLeftAttempts } from './publishing/end-left-attempts.ts'
import { endLeftLease } from './publishing/lease.ts'
import { nextTry, passWaits } from './publishing/pass-waits.ts'
import { createPublisher, type Publisher } from './publishing/publisher.ts'
import { warnOfBudgets } from './publishing/warn-of-budget.ts'
import { closeDueWeeks } from './recaps/close-weeks.ts'
import { clearRemovals } from './recaps/removal/clear-removals.ts'
import { readDueLinks } from './recaps/story/read-links.ts'
import { candidateLinkMaker, nextAskingEvent } from './rota/asking/candidates.ts'
import { tendAsking } from './rota/asking/tend-asking.ts'
import { invitationLinkMaker } from './rota/invitations/invitations.ts'
import { hostingInNumbers } from './recaps/certificate/hosting-numbers.ts'
import { weekEntries } from './rota/calendar/week-entries.ts'
import { sendWeekMails } from './rota/mails/send-week-mails.ts'
import { tellOfGaps } from './rota/planner/gap-alerts.ts'
import { tendOpenings } from './rota/readiness/tend-openings.ts'
import { nextClosing, nextWaitingOpening } from './rota/weeks.ts'
import { createTimeMachine } from './sandbox/time-machine.ts'
import { loadAssets } from './web/assets.ts'
import type { Deps } from './web/deps.ts'
import { openPractices, type Practices } from './practice-worlds.ts'
import { SANDBOX_APP, UNHURRIED } from './stand-in-app.ts'
import { filesOfAccount } from './still-app.ts'
import { startWork, type Job, type Work } from './work.ts'

/** A data folder in use: database, network, background work, and what the web pages are built from. */
export interface Running {
  deps: Deps
  work: Work
  /** In a sandbox only. */
  sandbox: { standIn: SandboxClient; clock: MovableClock; travelTo(to: Date): Promise<void> } | null
  /** Lets what is being sent end, and begins nothing new in the background. */
  stop(): Promise<void>
  /** Stops, then closes everything. */
  close(): Promise<void>
}

export { SANDBOX_APP } from './stand-in-app.ts'

export interface Address {
  publicUrl(): string
}

/** Opens a live data folder, which this process has for itself. */
export async function openLive(config: LiveConfig): Promise<Running> {
  const { db, images, recordEnd } = await openFolder(config.dataDir, systemClock)
  const network = createXNetwork({
    ...config.x,
    ...(config.httpsProxy ? { httpsProxy: config.httpsProxy } : {}),
  })
  const transport = smtpTransport({ url: config.smtpUrl, from: config.mailFrom, proxy: config.httpsProxy })
  return run({
    config,
    db,
    images,
    recordEnd,
    network,
    transport,
    clock: systemClock,
    secrets: { sessionSecret: config.sessionSecret, encryptionKey: config.encryptionKey },
    mode: 'live',
    publicUrl: () => config.publicUrl,
    sandbox: null,
  })
}

/** Opens a sandbox's data folder, which this process has for itself, and starts the stand-in for X. `startsAt`: product time of a new one. */
export async function openSandbox(
  config: Config,
  { publicUrl, startsAt }: Address & { startsAt?: Date },
): Promise<Running> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const places = layOut(config.dataDir)
  const clock = openSandboxClock(places.clock, startsAt)
  const { db, images, recordEnd } = await openFolder(config.dataDir, clock)
  const standIn = await startStandIn({
    file: places.standIn,
    port: config.sandboxPort,
    clock,
    limits: UNHURRIED,
  })
  const network = createXNetwork({
    ...SANDBOX_APP,
    standIn: { host: '127.0.0.1', port: standIn.port },
  })
  return run({
    config,
    db,
    images,
    recordEnd,
    network,
    transport: sandboxTransport(db, clock.now),
    clock,
    secrets: sandboxSecrets(config.dataDir),
    mode: 'sandbox',
    publicUrl,
    sandbox: { standIn, clock },
  })
}

async function openFolder(dataDir: string, clock: Clock) {
  const places = layOut(dataDir)
  const db = openDatabase(places.database)
  const copyOf = await noticeOlderCopy(db, { file: places.recordEnd, now: clock.now() })
  if (copyOf)
    console.error(
      `The database is an older copy, as of ${copyOf.toISOString()}, that was put back by hand. The brake is on: look at what waits, then release it. Everybody has to sign in again.`,
    )
  const recordEnd = await keepRecordEnd(db, {
    file: places.recordEnd,
    report: (error) =>
      console.error(
        'How far the record goes could not be kept, so that an older copy of the database may not be noticed:',
        error,
      ),
  })
  await endWhatWasLeft(db, clock)
  return { db, images: openImageFiles(places.images), recordEnd }
}

/** A process that crashed here keeps nobody waiting. */
async function endWhatWasLeft(db: Database, clock: Clock): Promise<void> {
  await endLeftRefreshes(db)
  await endLeftLease(db, clock.machine())
  await endLeftAttempts(db, clock.machine())
}

function run(parts: {
  config: Config
  db: Database
  images: ImageFiles
  recordEnd: RecordEndKeeper
  network: Network
  transport: MailTransport
  clock: Clock
  secrets: { sessionSecret: string; encryptionKey: Buffer }
  mode: 'sandbox' | 'live'
  publicUrl(): string
  sandbox: { standIn: StandIn; clock: MovableClock } | null
}): Running {
  const { config, db, images, recordEnd, network, clock, secrets, mode, publicUrl, sandbox } = parts
  const vault = createVault(vaultKeys(secrets.encryptionKey))
  const publisher = createPublisher({
    db,
    clock,
    network,
    images,
    vault,
    owner: randomUUID(),
    settings: { mode, publicUrl, looksAfterSeconds: config.looksAfterSeconds },
  })
  const assets = loadAssets(fileURLToPath(new URL('../dist/assets', import.meta.url)))
  const settings = {
    mode,
    publicUrl,
    sessionSecret: secrets.sessionSecret,
    trustProxy: config.trustProxy,
    logLevel: config.logLevel,
    ...(config.siteUrl ? { siteUrl: config.siteUrl } : {}),
  }
  const sites = config.siteDir
    ? createSiteKeeper({
        siteDir: config.siteDir,
        db,
        clock,
        filesOf: (account, before) =>
          filesOfAccount({ db, clock, images, assets, settings }, account, {
            siteUrl: config.siteUrl ?? publicUrl(),
            serverUrl: publicUrl(),
            before,
          }),
        report: (error) => console.error('The folder SITE_DIR is not up to date, and is tried again:', error),
      })
    : null
  let listenSoon = false
  const listenNow = () => {
    const asked = listenSoon
    listenSoon = false
    return asked
  }
  // What was posted becomes a post on the pages at once, not at the next look at the network.
  const published = () => work.wake('listener')
  const mailed = () => work.wake('mail')
  const reachedAgain = () => work.wake('handing-over')
  const askAddress = sandbox ? null : createGuardedFetch({ httpsProxy: config.httpsProxy })
  const readPage = sandbox ? null : createGuardedReader({ httpsProxy: config.httpsProxy })
  const practices = openPractices({
    folder: layOut(config.dataDir).practice,
    machine: clock.machine,
    read: db.read,
    now: clock.now,
    assets,
    settings: { publicUrl, trustProxy: config.trustProxy, logLevel: config.logLevel },
    report: (job, error) =>
      console.error(`The practice work "${job}" failed and will be tried again:`, error),
  })
  const work: Work = startWork(
    jobs({
      ...parts,
      practices,
      vault,
      publisher,
      published,
      mailed,
      reachedAgain,
      listenNow,
      askAddress,
      readPage,
      sites,
    }),
    {
      machine: clock.machine,
      fail: (job, error) => console.error(`The work "${job}" failed and will be tried again:`, error),
    },
  )
  const standIn = sandbox && createSandboxClient({ port: sandbox.standIn.port })
  const stop = async () => {
    await publisher.stop()
    await work.stop()
    await practices.close()
  }
  const nextDue = async (after: Date) =>
    earliest(
      await nextDueAt(db.read, after),
      ...[
        await nextClosing(db.read),
        await nextUndecided(db.read),
        await nextEnd(db.read),
        await nextReminder(db.read, after),
        await nextRemovalReminder(db.read),
        await nextBrakeEnd(db.read),
        await nextTry({ db, clock }),
        await nextWaitingOpening(db.read, after),
        await nextAskingEvent(db.read),
        await nextPlannedMail(db.read),
        await nextWeekPost(db.read, after),
      ].filter((at) => at && at > after),
    )
  return {
    work,
    deps: {
      db,
      clock,
      network,
      images,
      vault,
      assets,
      settings,
      jobs: () => work.states(),
      practice: practices,
      ...(sites ? { siteTroubles: sites.troubles } : {}),
      wake: {
        publisher: () => work.wake('publisher'),
        mail: () => work.wake('mail'),
        releaser: () => work.wake('releasing'),
        hider: () => work.wake('hiding'),
        handover: () => work.wake('handing-over'),
        clearing: () => work.wake('clearing'),
        lookingUp: () => work.wake('looking-up'),
        listener: () => {
          listenSoon = true
          work.wake('listener')
        },
      },
    },
    sandbox:
      sandbox && standIn
        ? {
            standIn,
            clock: sandbox.clock,
            travelTo: createTimeMachine(sandbox.clock, work, nextDue, (by) => passWaits(db, by)),
          }
        : null,
    stop,
    async close() {
      await stop()
      await sandbox?.standIn.close()
      await recordEnd.close()
      db.close()
    },
  }
}

function jobs({
  config,
  db,
  clock,
  network,
  vault,
  transport,
  publisher,
  published,
  mailed,
  reachedAgain,
  publicUrl,
  listenNow,
  askAddress,
  readPage,
  sites,
  practices,
}: {
  config: Config
  db: Database
  clock: Clock
  network: Network
  vault: Vault
  transport: MailTransport
  publisher: Publisher
  /** Something may have been posted. */
  published(): void
  /** Mails may have come to the outbox. */
  mailed(): void
  /** Mail reaches somebody again: their planned mails may go. */
  reachedAgain(): void
  publicUrl(): string
  /** Whether somebody wants it done now, though its time has not come. */
  listenNow(): boolean
  /** Null in a sandbox, from which nothing goes out. */
  askAddress: ((address: string) => Promise<AddressAnswer>) | null
  readPage: ReturnType<typeof createGuardedReader> | null
  /** Null where no folder keeps the public sites. */
  sites: SiteKeeper | null
  practices: Practices
}): Job[] {
  const times = () => ({ now: clock.now(), machineNow: clock.machine() })
  const onMachine = (productTime: Date | null) =>
    productTime && new Date(clock.machine().getTime() + productTime.getTime() - clock.now().getTime())
  const links = {
    [SIGN_IN_LINK]: signInLinkMaker(publicUrl),
    [INVITATION_LINK]: invitationLinkMaker(publicUrl),
    [CONFIRM_LINK]: candidateLinkMaker(publicUrl, { ofForm: true }),
    [ANSWER_LINK]: candidateLinkMaker(publicUrl, { ofForm: false }),
  }
  const renewals = mailRenewals(publicUrl)
  const entries = weekEntries({ publicUrl, from: config.mailFrom })
  return [
    {
      name: 'mail',
      run: async () => {
        await sendDueMails(db, {
          transport,
          links,
          renewals,
          entries,
          reachedAgain,
          now: clock.now,
          machine: clock.machine,
        })
        return nextMailAt(db.read)
      },
    },
    {
      name: 'publisher',
      run: async () => {
        const { nextAt } = await publisher.run()
        published()
        return nextAt
      },
    },
    {
      name: 'listener',
      run: async () => {
        const deps = { db, clock, network, vault, settings: { publicUrl } }
        const { nextAt } = await listenDue(deps, { atOnce: listenNow() })
        await warnOfBudgets(db, { ...times(), publicUrl: publicUrl() })
        return onMachine(nextAt)
      },
    },
    {
      name: 'hiding',
      run: () => hideDue({ db, clock, network, vault, settings: { publicUrl } }),
    },
    {
      name: 'closing',
      run: async () => onMachine(await closeDueWeeks(db, { ...times(), publicUrl: publicUrl() })),
    },
    {
      name: 'handing-over',
      run: async () => {
        const at = { ...times(), publicUrl: publicUrl() }
        await tendOpenings(db, at)
        await tellOfGaps(db, at)
        await sendWeekMails(db, { ...at, numbersOf: hostingInNumbers })
        await tendWeekPosts(db, at)
        mailed()
        return onMachine(
          earliest(
            await nextWaitingOpening(db.read, clock.now()),
            await nextPlannedMail(db.read),
            await nextWeekPost(db.read, clock.now()),
          ),
        )
      },
    },
    {
      name: 'clearing',
      run: async () => {
        const more = await clearRemovals(db, { ...times(), pieces: 100 })
        mailed()
        return more ? clock.machine() : null
      },
    },
    {
      name: 'reading-links',
      run: () => readDueLinks(db, { ...times(), readPage }),
    },
    {
      name: 'releasing',
      run: async () => onMachine(await endDueBrakes({ db, clock, settings: { publicUrl } })),
    },
    {
      name: 'looking-up',
      run: async () =>
        onMachine(
          (await lookUpDue({ db, clock, network, vault, askAddress, settings: { publicUrl } })).nextAt,
        ),
    },
    {
      name: 'sweeping',
      run: async () => {
        await db.write(async (tx) => {
          await sweepMails(tx, clock.now())
          await sweepEvidence(tx, clock.now())
          await sweepSignInLinks(tx, clock.machine())
        })
        return new Date(clock.machine().getTime() + DAY)
      },
    },
    {
      name: 'reminding',
      run: async () => {
        await remindDeciders(db, { ...times(), publicUrl: publicUrl() })
        await endUndecided(db, { ...times(), publicUrl: publicUrl() })
        await tellUndecided(db, { ...times(), publicUrl: publicUrl() })
        await remindOfRemovals(db, { ...times(), publicUrl: publicUrl() })
        await tendAsking(db, { ...times(), publicUrl: publicUrl() })
        mailed()
        return onMachine(
          earliest(
            await nextAskingEvent(db.read),
            await nextReminder(db.read, clock.now()),
            await nextUndecided(db.read),
            await nextEnd(db.read),
            await nextRemovalReminder(db.read),
          ),
        )
      },
    },
    { name: 'practising', run: () => practices.sweep() },
    ...(sites ? [{ name: 'site', run: () => sites.run() }] : []),
  ]
}

const DAY = 86_400_000

function earliest(...instants: (Date | null)[]): Date | null {
  const known = instants.filter((instant) => instant !== null)
  return known.length === 0 ? null : new Date(Math.min(...known.map((instant) => instant.getTime())))
}
