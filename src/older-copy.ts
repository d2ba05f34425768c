import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { endOfRecord, goesOnFrom, knowsAsMissing, type RecordEnd } from './activity/record-end.ts'
import type { Database } from './db/database.ts'
import { findStamp } from './installation-store.ts'
import { WrongInstallation } from './installation.ts'
import { noteRestored } from './note-restored.ts'

/*
 * An older copy of the database that somebody puts back by hand says nothing of that itself. So a small file beside it says
 * how far the record of activity was. The file may lag: it is written after a commit, never before what it tells of is on the
 * disk, and nothing waits for it. It must not run ahead, or a crash would look as if an older copy had been put back.
 */

/** For so long at most it lags while the process lives. Milliseconds. */
const KEPT_EVERY = 1_000

/**
 * At start, before anything is sent: whether the record does not go on from where the file says that it was. Then everything
 * is as after a restore by command. Returns from when the copy is, which is when its record ends; null where there is nothing
 * to notice. A file that is not there, or can't be read, says nothing: at the first start, say, or on another machine.
 */
export async function noticeOlderCopy(
  db: Database,
  { file, now }: { file: string; now: Date },
): Promise<Date | null> {
  const was = await missingEnd(db, file)
  if (!was) return null
  const end = await endOfRecord(db.read)
  const copyOf = end?.at ?? (await findStamp(db.read))?.madeAt ?? now
  await noteRestored(db, { copyOf, now, forgetTokens: false, missing: was.hash })
  return copyOf
}

/**
 * For what writes to the record without noticing: from then on it would end later than the copy does.
 * @throws WrongInstallation where an older copy was put back by hand, and the app was not started since.
 */
export async function refuseOlderCopy(db: Pick<Database, 'read'>, file: string): Promise<void> {
  if (await missingEnd(db, file))
    throw new WrongInstallation(
      'The database is an older copy than the one that was here. Start the app first, which heeds that: npm start',
    )
}

/** Up to where the file says that the record went, where it does not go on from there, and does not tell that itself. */
async function missingEnd({ read }: Pick<Database, 'read'>, file: string): Promise<RecordEnd | null> {
  const was = readRecordEnd(file)
  if (!was || (await goesOnFrom(read, was))) return null
  // The process that noticed it ended before it could write the file anew, or may not write it.
  return (await knowsAsMissing(read, was)) ? null : was
}

const FORM = z.object({ id: z.int().positive(), hash: z.string().min(1) })

function readRecordEnd(file: string): RecordEnd | null {
  try {
    return FORM.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null
  } catch {
    return null
  }
}

/** Writes how far the record is. Of an empty one nothing can be said: then there is no file. @throws what the disk says. */
export async function writeRecordEnd({ read }: Pick<Database, 'read'>, file: string): Promise<void> {
  write((await endOfRecord(read)) ?? null, file)
}

/** Flushed, so that a power cut leaves this one or the one before, and never an empty file that says nothing. */
function write(end: RecordEnd | null, file: string): void {
  if (!end) return rmSync(file, { force: true })
  const part = `${file}.part`
  writeFileSync(part, JSON.stringify({ id: end.id, hash: end.hash }), { flush: true })
  renameSync(part, file)
}

export interface RecordEndKeeper {
  /** Writes it a last time. While the database is still open. */
  close(): Promise<void>
}

/** Keeps the file up to date from now on. Where it can't be written that is told once, until it can be again. */
export async function keepRecordEnd(
  db: Pick<Database, 'read' | 'changes'>,
  {
    file,
    everyMs = KEPT_EVERY,
    report,
  }: { file: string; everyMs?: number; report: (error: unknown) => void },
): Promise<RecordEndKeeper> {
  let seen: number | null = null
  let kept: string | null | undefined
  let isReported = false
  const keep = async () => {
    try {
      const changes = db.changes()
      if (changes === seen) return
      const end = await endOfRecord(db.read)
      const hash = end?.hash ?? null
      if (hash !== kept) write(end, file)
      kept = hash
      seen = changes
      isReported = false
    } catch (error) {
      if (!isReported) report(error)
      isReported = true
    }
  }
  await keep()
  // It asks instead of being told: so no commit has anything to do for it.
  const timer = setInterval(() => void keep(), everyMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await keep()
    },
  }
}
