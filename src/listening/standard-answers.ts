/** Look-ups of standard answers for pages, also those of other rooms. */
export {
  listAnswerDecisions,
  listAnswers,
  waitingAnswers,
  type AnswerDecision,
  type StandardAnswer,
} from './answers-store.ts'
