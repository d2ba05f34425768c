import type { SeenFinding } from './check-draft.ts'

/** So many are named; the page has them all. */
const MOST_NAMED = 5

/** What the checks found and what was answered, for who decides and reads it in a mail; empty where they found nothing. */
export function findingsInMail(findings: SeenFinding[]): string {
  if (findings.length === 0) return ''
  const lines = findings
    .slice(0, MOST_NAMED)
    .map(({ title, answer }) => `- ${title}${answer ? ` ${answer.personName}: “${answer.words}.”` : ''}`)
  if (findings.length > MOST_NAMED) lines.push(`- and ${findings.length - MOST_NAMED} more`)
  return `\n\nThe checks found:\n${lines.join('\n')}`
}
