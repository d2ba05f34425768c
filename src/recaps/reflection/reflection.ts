import { AIMS_QUESTION } from '../../accounts/reflection-questions.ts'
import type { WrittenIn } from '../../drafts/draft.ts'
import type { ReflectionState } from '../recap.ts'

/** A question with what its host answers, in Markdown; empty while they have not. */
export interface Answer {
  question: string
  text: string
}

/** States in which the host may write. What was approved stays public until what they write anew is approved too. */
export const OPEN_REFLECTIONS: readonly ReflectionState[] = [
  'writing',
  'changes-requested',
  'approved',
  'declined',
]

/** Of an answer, in characters. */
export const LONGEST_ANSWER = 5_000

/** What the host sees: the account's questions, with what was answered; an answer stays, though its question is asked no more. */
export function answersToShow(questions: readonly string[], kept: readonly Answer[]): Answer[] {
  const answered = kept.filter(({ text }) => text.trim() !== '')
  const texts = new Map(answered.map(({ question, text }) => [question, text]))
  return [
    ...questions.map((question) => ({ question, text: texts.get(question) ?? '' })),
    ...answered.filter(({ question }) => !questions.includes(question)),
  ]
}

/** Without what was counted when it was handed in. */
export function withoutAims(answers: readonly Answer[]): Answer[] {
  return answers.filter((answer) => !isOfAims(answer))
}

export function isOfAims({ question }: Answer): boolean {
  return question === AIMS_QUESTION
}

export function answered(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ text }) => text.trim() !== '')
}

/** The story's words: each question as a heading, with its answer. Markdown. */
export function reflectionText(answers: readonly Answer[]): string {
  return answered(answers)
    .map(({ question, text }) => `# ${escaped(question)}\n\n${text.trim()}`)
    .join('\n\n')
}

/** A question is no Markdown. */
function escaped(question: string): string {
  return question.replaceAll(/[\\`*_{}[\]()#+\-.!<>|~]/g, String.raw`\$&`)
}

/** What approving a reflection approves: all that stands in the story. */
export interface FrozenReflection {
  account: string
  weekHost: string
  writer: string
  answers: Answer[]
}

/** Whether what arrives comes from the window that wrote last: then it is no conflict. */
export function goesOn(known: WrittenIn | null, window: { key: string } | null): boolean {
  return window !== null && known?.key === window.key
}

/** Of its block in the story. */
export function reflectionSource(weekHostId: string): string {
  return `reflection:${weekHostId}`
}

/** Whose it is; null for every other piece. */
export function hostOfReflection(source: string): string | null {
  return source.startsWith('reflection:') ? source.slice('reflection:'.length) : null
}
