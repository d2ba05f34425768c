import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { eq } from 'drizzle-orm'
import { CHECK_KINDS, type CheckRules } from '../../src/accounts/check-rules.ts'
import { accounts } from '../../src/db/schema/index.ts'
import { findDraft } from '../../src/drafts/store.ts'
import { makeSignInLink } from '../../src/people/sign-in.ts'
import { csrfToken, Visitor } from '../support/app.ts'
import { ACCOUNT, anAccount } from '../support/story.ts'
import { aSubmittedDraft, JOSEPH, josephsWeek } from '../support/submitted.ts'
import { benchApp } from './bench-app.ts'
import type { Bench } from './run.ts'
import { median } from './server.ts'

/** The slowest hundredth is mostly the machine's own doing: of several rounds the one in the middle counts. */
const ROUNDS = 5
const SAVES = 200
const WARM_UP = 60
const ALL_OFF: CheckRules = {
  levels: Object.fromEntries(CHECK_KINDS.map((kind) => [kind, 'off'])),
  secondApprover: false,
}

export const draftSaveBenches: Bench[] = [
  {
    name: 'draft.save.checks_ratio',
    unit: 'x',
    /** A save and the page that follows, p99, with every check made against none: what who writes waits for. */
    async measure() {
      const folder = mkdtempSync(join(tmpdir(), 'week-save-'))
      try {
        return await measureIn(folder)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  },
]

async function measureIn(folder: string): Promise<number> {
  const at = new Date('2026-11-18T10:42:00Z')
  const clock = { now: () => at, machine: () => at }
  const { app, db } = await benchApp(folder, clock)
  try {
    await anAccount(db, { now: new Date('2026-10-01T09:00:00Z') })
    await josephsWeek(db)
    const id = await aSubmittedDraft(db, { state: 'writing', parts: partsOf(0), wishedAt: null })
    const joseph = new Visitor(app)
    await joseph.signIn(
      await makeSignInLink(db, { email: JOSEPH.email, publicUrl: '', machineNow: clock.machine() }),
    )
    const token = csrfToken((await joseph.get(`/drafts/${id}`)).body)
    const rounds = Array.from({ length: ROUNDS }, (): Record<'on' | 'off', number[]> => ({ on: [], off: [] }))
    for (let count = -WARM_UP; count < SAVES * ROUNDS; count += 1) {
      // Which of the two comes first changes, so that neither gains by what the other left in the caches.
      for (const mode of count % 2 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
        const checkRules = mode === 'on' ? null : ALL_OFF
        await db.write((tx) => tx.update(accounts).set({ checkRules }).where(eq(accounts.id, ACCOUNT)))
        const { version } = (await findDraft(db.read, id))!
        const fields = {
          _csrf: token,
          version: String(version),
          when: 'soon',
          do: 'save',
          ...Object.fromEntries(partsOf(version).map(({ text }, part) => [`part-${part + 1}-text`, text])),
        }
        const begun = performance.now()
        const saved = await joseph.send(`/drafts/${id}`, fields)
        const page = await joseph.get(`/drafts/${id}`)
        const took = performance.now() - begun
        if (saved.statusCode !== 303 || page.statusCode !== 200)
          throw new Error(`A save answered ${saved.statusCode}, its page ${page.statusCode}.`)
        if (page.body.includes('looks like an NHS number') !== (mode === 'on'))
          throw new Error(`The checks are not ${mode}.`)
        rounds[Math.floor(count / SAVES)]?.[mode].push(took)
      }
    }
    return median(rounds.map(({ on, off }) => p99(on) / p99(off)))
  } finally {
    await app.close()
    db.close()
  }
}

/** A thread of four, with something for most of the checks to look at. */
function partsOf(version: number) {
  return [
    `Version ${version}: what a bed weighs, with and without a person in it. #MyWorkingWeek`,
    'Handover at 7:15, tea at 7:40. Ask us on 0113 496 0990, or write to joe.bloggs@northdale.org. #patientsafety',
    'We cut falls by 31% in a year: https://northdale.org/falls says how. Thank you @NorthDaleLab and @RealPerson!',
    'On the form it said 943 476 5919, made up of course. PLEASE READ THE LABEL before you lift.',
  ].map((text) => ({ text, images: [] }))
}

function p99(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!
}
