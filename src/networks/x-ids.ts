/** Where X's ids begin: 4 November 2010, in milliseconds since 1970. */
const epoch = 1288834974657n

/** The smallest id that X could give at this moment: time in the upper bits, 22 lower ones for everything else. */
export function idAt(when: Date): bigint {
  const since = BigInt(when.getTime()) - epoch
  return since > 0n ? since << 22n : 1n << 22n
}
