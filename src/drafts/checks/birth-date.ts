const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*'
const FIGURES = String.raw`\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)`
const WORDS = String.raw`\d{1,2}(?:st|nd|rd|th)?(?: of)? ${MONTH},? \d{4}|${MONTH} \d{1,2}(?:st|nd|rd|th)?,? \d{4}`
const ANY_DATE = `(?:${FIGURES}|${WORDS})`

/** "DOB 12.3.62", "date of birth: 12 March 1962". */
const NAMED = new RegExp(
  String.raw`\b(?:d\.?o\.?b\.?|date of birth|birth date)\b[\s:=(-]{0,4}${ANY_DATE}`,
  'gi',
)
/** "she was born on 12 March 1962". */
const BORN = new RegExp(String.raw`\bborn (?:on |in )?(?:the )?${ANY_DATE}`, 'gi')
/** A bare date in figures, of somebody who lives: ordinary posts give the dates of the past in words, or only the year. */
const BARE = /(?<![\d/.-])(\d{1,2})([./-])(\d{1,2})\2(19[1-9]\d|200\d|201\d)(?![\d/-]|\.\d)/g
/** The NHS was born on that day, and posts say so each year. */
const OF_THE_NHS = /\b0?5(?:th)?(?: of)?(?: july|[./-]0?7[./-])[ ,]*(?:19)?48\b/i

/** Dates of birth in a text, with the words that make them one. */
export function birthDatesIn(text: string): string[] {
  const found = [...text.matchAll(NAMED), ...text.matchAll(BORN)].map(([words]) => words)
  for (const [date, day, , month] of text.matchAll(BARE)) {
    const real = Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12
    if (real && !found.some((words) => words.includes(date))) found.push(date)
  }
  return found.filter((words) => !OF_THE_NHS.test(words))
}
