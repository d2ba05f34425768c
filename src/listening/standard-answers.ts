/** Look-ups of standard answers for the room's pages. */
export {
  listAnswerDecisions,
  listAnswers,
  type AnswerDecision,
  type StandardAnswer,
} from './answers-store.ts'
