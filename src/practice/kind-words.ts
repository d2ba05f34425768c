import type { DraftContent } from '../drafts/draft.ts'

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

function saysIt({ parts }: DraftContent, hashtag: string): boolean {
  return parts.some(({ text }) => text.toLowerCase().includes(hashtag.toLowerCase()))
}

function inOneSentence(points: string[]): string {
  return points.length === 1 ? points[0]! : `${points.slice(0, -1).join('; ')}; and ${points.at(-1)}`
}
