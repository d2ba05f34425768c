import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TASKS } from './task.ts'
import type { Progress } from './progress.ts'

const fileIn = (place: string) => join(place, 'practice.json')

/** Null where there is none, it was never finished, or the disk lost it: then the practice begins afresh. */
export function readProgress(place: string): Progress | null {
  let written: string
  try {
    written = readFileSync(fileIn(place), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
  try {
    const { done, ...rest } = JSON.parse(written) as Progress
    return { ...rest, done: TASKS.filter((task) => done.includes(task)) }
  } catch {
    return null
  }
}

/** On the disk before it takes the place of the one before, so that a power cut leaves the one or the other. */
export function writeProgress(place: string, progress: Progress): void {
  const next = `${fileIn(place)}.next`
  writeFileSync(next, JSON.stringify(progress), { mode: 0o600 })
  const handle = openSync(next, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(next, fileIn(place))
}
