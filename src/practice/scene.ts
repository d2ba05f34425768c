/** The account that a host practises with. It exists in the practice's own data only. */
export const PRACTICE_ACCOUNT = { id: 'practice-account', handle: 'PracticeAccount' }
export const PRACTICE_WEEK = 'practice-week'
export const PRACTICE_APPROVER = {
  id: 'practice-approver',
  name: 'Practice approver',
  email: 'approver@practice.invalid',
}

/** Of an account without a hashtag. */
export const PRACTICE_HASHTAG = '#MyPracticeWeek'

/** What the account said before, which people answer. */
export const OPENING =
  'Good morning. This week somebody who has never done this before has the account. Ask them anything about their work.'

/** What is said to the practice account: nobody real, and no name. In this order; `under`: it answers `OPENING`. */
export const SAID: { handle: string; name: string; text: string; under: boolean }[] = [
  {
    handle: 'practice_1',
    name: 'A practice nurse',
    text: 'What does the first hour of your day look like?',
    under: true,
  },
  {
    handle: 'practice_2',
    name: 'A practice student',
    text: 'How did you come to do this job? I am choosing my placement.',
    under: true,
  },
  {
    handle: 'practice_3',
    name: 'A practice porter',
    text: 'Welcome! We are glad that you do this.',
    under: true,
  },
  {
    handle: 'practice_4',
    name: 'A practice carer',
    text: '@PracticeAccount my mother’s tablets make her dizzy. Should she stop taking them?',
    under: false,
  },
  {
    handle: 'practice_5',
    name: 'A practice grump',
    text: '@PracticeAccount who pays for all this tweeting?',
    under: false,
  },
  {
    handle: 'practice_6',
    name: 'A practice reader',
    text: '@PracticeAccount what would you change if you could change one thing?',
    under: false,
  },
]
