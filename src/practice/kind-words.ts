import type { CheckKind } from '../accounts/check-rules.ts'
import type { SeenFinding } from '../drafts/checks/check-draft.ts'
import type { DraftContent } from '../drafts/draft.ts'

const NAMING: ReadonlySet<CheckKind> = new Set<CheckKind>([
  'nhs-number',
  'date-of-birth',
  'hospital-number',
  'phone-number',
  'email-address',
  'post-code',
])

/** What the practice approver says of a draft: always kind, and always what a real one would look at. */
export function kindWords(
  { content, replyTo, wishedAt }: { content: DraftContent; replyTo: string | null; wishedAt: Date | null },
  { hashtag }: { hashtag: string },
): string {
  const images = content.parts.flatMap((part) => part.images)
  const looksAt = [
    'whether it is true and kind, and nobody could be recognised who did not agree',
    ...(images.length > 0
      ? ['whether everybody in the picture is happy to be shown, and the description says what matters']
      : []),
    ...(replyTo !== null ? ['whether it answers what was asked, without medical advice to one person'] : []),
    ...(content.parts.length > 1 ? ['whether each part makes sense when it is read alone'] : []),
    ...(hashtag !== '' && replyTo === null && !saysIt(content, hashtag)
      ? [`whether ${hashtag} would help people to find it`]
      : []),
    ...(wishedAt !== null ? ['whether the time suits'] : []),
  ]
  return `Well done. In your week a person of the team reads this before it goes out. They would look at ${inOneSentence(looksAt)}.`
}

/** What the practice approver asks for where a draft could name a patient, as the checks found it; null where it could not. */
export function wordsAboutNaming(findings: Pick<SeenFinding, 'kind' | 'title' | 'answer'>[]): string | null {
  const found = findings.find(({ kind, answer }) => NAMING.has(kind) && answer === null)
  return found
    ? `Please change this one: nothing that could name a patient goes out. ${found.title} Take it out, or say under “Checks” what it is, and submit it again. In your week a person of the team would ask you the same.`
    : null
}

function saysIt({ parts }: DraftContent, hashtag: string): boolean {
  return parts.some(({ text }) => text.toLowerCase().includes(hashtag.toLowerCase()))
}

function inOneSentence(points: string[]): string {
  return points.length === 1 ? points[0]! : `${points.slice(0, -1).join('; ')}; and ${points.at(-1)}`
}
