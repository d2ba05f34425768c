/** Numbers in a text that are valid NHS numbers, as they stand there: ten digits, mostly written 3-3-4. */
export function nhsNumbersIn(text: string): string[] {
  return [...text.matchAll(/(?<![\d+]|\(0\) ?|\+44 ?)(\d{3})([ -]?)(\d{3})\2(\d{4})(?![ -]?\d)/g)]
    .filter(([, one, , two, three]) => isNhsNumber(`${one}${two}${three}`))
    .map(([number]) => number)
}

/** Ten digits, the last one a check digit: modulus 11, in the NHS Data Dictionary under "NHS number". */
export function isNhsNumber(digits: string): boolean {
  if (/^(\d)\1{9}$/.test(digits)) return false // nobody has it, and everybody types it
  const sum = Array.from(digits.slice(0, 9)).reduce(
    (total, digit, at) => total + Number(digit) * (10 - at),
    0,
  )
  const check = (11 - (sum % 11)) % 11
  return check !== 10 && check === Number(digits[9])
}
