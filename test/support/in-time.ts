/** Until a test gives up waiting for what a page is to show, in milliseconds: on a machine that has much else to do. */
export const PATIENCE = 60_000

/**
 * What `work` comes to, or an error that says what was waited for. A wait without an end would take all of its file with it,
 * and nobody would know which one it was.
 */
export async function inTime<T>(what: string, work: Promise<T>, patience = PATIENCE): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(what, patience)), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function tooLate(what: string, patience: number): Error {
  return new Error(`Waited ${patience / 1000} s for this, and it did not come: ${what}`)
}

/** Looks again and again until it `holds`. @throws Error that says what was waited for. */
export async function until(
  t: { pass(what: string): unknown },
  what: string,
  holds: () => Promise<boolean>,
  patience = PATIENCE,
): Promise<void> {
  const end = performance.now() + patience
  while (!(await inTime(what, holds(), patience))) {
    if (performance.now() > end) throw tooLate(what, patience)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.pass(what)
}
