import t from 'tap'
import type { Problem } from '../../src/networks/network.ts'
import { ownWordsOf, problemInWords } from '../../src/networks/problem-in-words.ts'

t.test('what X answers is told in plain words, and X’s own are kept apart', (t) => {
  const rows: [Problem['code'], number | null, detail: string, words: string, own: string | null][] = [
    [
      'limited',
      429,
      'Too Many Requests',
      'X asked the account to wait before it posts more.',
      'Too Many Requests',
    ],
    [
      'credit',
      402,
      'Your enrolled account does not have any credits to fulfill this request.',
      'The account’s credit with X was used up.',
      'Your enrolled account does not have any credits to fulfill this request.',
    ],
    ['unauthorised', 401, 'Unauthorized', 'X did not take the account’s permission.', 'Unauthorized'],
    ['unauthorised', null, 'The account is not connected to X.', 'The account is not connected to X.', null],
    [
      'duplicate',
      403,
      'You are not allowed to create a Tweet with duplicate content.',
      'X answered that the same words stand there already.',
      'You are not allowed to create a Tweet with duplicate content.',
    ],
    [
      'media',
      400,
      'Your media IDs are invalid.',
      'X did not take its picture.',
      'Your media IDs are invalid.',
    ],
    [
      'not-found',
      404,
      'Could not find tweet.',
      'X answered that there is no such thing.',
      'Could not find tweet.',
    ],
    [
      'unreachable',
      503,
      'Service Unavailable',
      'X answered that something was wrong at its own end.',
      'Service Unavailable',
    ],
    ['unreachable', null, 'X did not answer within 20 s.', 'X did not answer within 20 s.', null],
    [
      'invalid',
      400,
      'Your Tweet text is too long. For more information see twitter-text.',
      'X found its text too long.',
      'Your Tweet text is too long. For more information see twitter-text.',
    ],
    [
      'forbidden',
      403,
      'Your client app was not given the scope tweet.write.',
      'X does not allow this app to do that. A lead can connect the account again, with every permission.',
      'Your client app was not given the scope tweet.write.',
    ],
    // A reason that nobody here knows is the only one there is.
    ['forbidden', 403, 'You may not.', 'X said: “You may not.”', null],
  ]
  for (const [code, status, detail, words, own] of rows) {
    const problem = { code, status, detail, until: null }
    t.equal(problemInWords(problem), words, `${code} ${status}`)
    t.equal(ownWordsOf(problem), own, `${code} ${status}`)
  }
  t.end()
})
