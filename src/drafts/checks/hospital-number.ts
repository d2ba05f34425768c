import { digitsOf } from './finding.ts'

/** What hospitals call the number of a patient's record. */
const NAMED =
  /\b(?:hospital (?:number|no\.?|id)|patient(?:[’']s)? (?:number|no\.?|id)|hosp\.? no\.?|mrn|pas (?:number|no\.?)|unit (?:number|no\.?)|case ?notes? (?:number|no\.?)|record (?:number|no\.?)|chi (?:number|no\.?))(?: is| was)?[\s:#=]{0,3}([A-Z]{0,4}[ -]?\d{3,}(?:[ -]\d+)*[A-Z]?)\b/gi
/** "patient K123456": a letter or two and six to eight digits, soon after the word. */
const AFTER_PATIENT = /\b(?:patient|pt|bed \d{1,2})\b[^.!?\n]{0,12}?\b([A-Z]{1,3}\d{6,8})\b/gi

/** Fewer are a ward, a bed or a place in a list. */
const LEAST_DIGITS = 5

/** Numbers of patients' records in a text, with the words that make them one. */
export function hospitalNumbersIn(text: string): string[] {
  const found = [...text.matchAll(NAMED)].filter(([, number]) => digitsOf(number!).length >= LEAST_DIGITS)
  const numbers = new Set(found.map(([, number]) => number))
  return [
    ...found.map(([words]) => words),
    ...[...text.matchAll(AFTER_PATIENT)].flatMap(([words, number]) => (numbers.has(number) ? [] : [words])),
  ]
}
