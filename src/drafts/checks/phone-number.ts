import { digitsOf } from './finding.ts'

/** United Kingdom: a zero or +44 and nine or ten digits (Ofcom, "National Telephone Numbering Plan"). */
const NUMBER =
  /(?<![\d.,/-])(?:(?:\+|00)44[ -]?(?:\(0\)[ -]?)?|\(?0)(?=[1237])(?:\d[ -]?\)?[ -]?){8,9}\d(?!\d|[.,/-]\d)/g

/**
 * Phone numbers in a text that could be somebody's own. 0300 to 0379 belong to public bodies and charities, and what is
 * `known` is the account's own; 0800 and 0808 do not match at all.
 */
export function phoneNumbersIn(text: string, known: string): string[] {
  const numbers = [...text.matchAll(NUMBER)]
  if (numbers.length === 0) return []
  const own = digitsOf(known)
  return numbers
    .map(([number]) => number.trim())
    .filter((number) => {
      const national = `0${digitsOf(number).replace(/^(?:0044|44)?0?/, '')}`
      return !/^03[0347]/.test(national) && !own.includes(national) && !own.includes(`44${national.slice(1)}`)
    })
}
