import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { endOfRecord, goesOnFrom, knowsAsMissing, type RecordEnd } from './activity/record-end.ts'
import type { Database } from './db/database.ts'
import { findStamp } from './installation-store.ts'
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
  const was = readRecordEnd(file)
  if (!was || (await goesOnFrom(db.read, was))) return null
  // The process ended before it could write the file anew, or it may not.
  if (await knowsAsMissing(db.read, was)) return null
  const end = await endOfRecord(db.read)
  const copyOf = end?.at ?? (await findStamp(db.read))?.madeAt ?? now
  await noteRestored(db, { copyOf, now, forgetTokens: false, missing: was.hash })
  return copyOf
}

const FORM = z.object({ id: z.int().positive(), hash: z.string().min(1) })

function readRecordEnd(file: string): RecordEnd | null {
  try {
    return FORM.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? null
  } catch {
    return null
  }
}

/** Writes how far the record is. Of an empty one nothing can be said. @throws what the disk says. */
export async function writeRecordEnd({ read }: Pick<Database, 'read'>, file: string): Promise<void> {
  const end = await endOfRecord(read)
  if (end) write(end, file)
}

/** Not waited for until it is on the disk: after a power cut an earlier one is good enough. */
function write({ id, hash }: RecordEnd, file: string): void {
  const part = `${file}.part`
  writeFileSync(part, JSON.stringify({ id, hash }))
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
  let kept: string | null = null
  let isReported = false
  const keep = async () => {
    try {
      const changes = db.changes()
      if (changes === seen) return
      const end = await endOfRecord(db.read)
      if (end && end.hash !== kept) write(end, file)
      kept = end?.hash ?? null
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
