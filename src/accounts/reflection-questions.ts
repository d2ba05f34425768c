/** What a host is asked when their week ends, until an account's leads ask otherwise. */
export const DEFAULT_QUESTIONS = [
  'What did you hope for?',
  'What surprised you?',
  'Who did you meet?',
  'What would you tell the next host?',
]

/** The recap's own heading for what a host aimed for and what came of it: it is counted, and nobody answers it. */
export const AIMS_QUESTION = 'What I aimed for'

export const MOST_QUESTIONS = 8
/** In characters. */
export const LONGEST_QUESTION = 160

export function questionsOf({ reflectionQuestions }: { reflectionQuestions: string[] | null }): string[] {
  return reflectionQuestions ?? DEFAULT_QUESTIONS
}
