/** Errors that a person caused or can mend. Their messages are shown as they are: plain, exact British English. */

/** It does not exist, or not for this person. */
export class NotFound extends Error {
  constructor(message = 'There is nothing here, or not for you.') {
    super(message)
  }
}

/** They may see it, but not do this; the message says why. */
export class NotAllowed extends Error {}

/** It can't be done as things stand; the message says what is in the way. What was typed is given back. */
export class Conflict extends Error {}

/** A person was faster: what stands now is not what this one saw. */
export class Faster extends Conflict {}

/** What was typed can't be taken. Keys are the names of form fields; the empty key speaks of the whole form. */
export class Refused extends Error {
  readonly fields: Record<string, string>
  constructor(fields: Record<string, string>) {
    super(Object.values(fields).join(' '))
    this.fields = fields
  }
}

/** What keeps the disk from taking anything: there is no room, or it fails. */
export type DiskTrouble = 'full' | 'failing'

/** Whether the disk refused what an error speaks of, also as the cause of another one. Null for any other error. */
export function diskTroubleOf(error: unknown): DiskTrouble | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    const { code } = e as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') return 'full'
    if (code === 'EIO' || code === 'EROFS' || code?.startsWith('SQLITE_IOERR')) return 'failing'
  }
  return null
}
