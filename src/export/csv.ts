/** So begins what a spreadsheet takes for a formula (OWASP, CSV injection), also behind spaces and in full width. */
const FORMULA = /^[\s\u0000]*[=+\-@\uff1d\uff0b\uff0d\uff20]/ // oxlint-disable-line no-control-regex

/**
 * Rows as CSV (RFC 4180) with a byte order mark, by which spreadsheets know UTF-8. Words that one would take for a formula
 * have an apostrophe before them, so that opening the file runs nothing that a stranger wrote; a number stays one.
 */
export function csv(columns: readonly string[], rows: readonly (string | number | null)[][]): string {
  const lines = [columns, ...rows].map((row) => row.map(cell).join(','))
  return `\ufeff${lines.join('\r\n')}\r\n`
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
