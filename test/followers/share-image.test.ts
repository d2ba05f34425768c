import t from 'tap'
import { shareCardOf } from '../../src/followers/share-card.ts'
import { drawShareImage } from '../../src/followers/share-image.ts'

const card = {
  title: 'Four hundred front doors',
  host: 'Ruth Ellwood',
  job: 'community nurse',
  handle: 'NorthDaleHealth',
  dates: '9 to 13 November 2026',
  days: ['M', 'T', 'W', 'T', 'F'],
  portrait: null,
}
const drawn = (title: string, more = {}) => drawShareImage({ ...card, title, ...more })

t.test('a theme is drawn in the letters that our fonts have, and else left out as a whole', async (t) => {
  const nothing = await drawn('')
  for (const theme of ['Łódź, ŵyau ac ieir', 'Четыреста дверей', 'Τετρακόσιες πόρτες', 'Bốn trăm cánh cửa'])
    t.notOk((await drawn(theme)).equals(nothing), theme)
  for (const theme of ['東京の病院', 'أربعمئة باب', 'ארבע מאות דלתות', 'Ruth’s 東京', '\u202e\u0000', '✨'])
    t.ok((await drawn(theme)).equals(nothing), `the account stands in its place: ${theme}`)
  t.ok((await drawn('Stars ★ → here')).equals(await drawn('Stars here')), 'a sign goes alone')
  t.ok((await drawn('Doors', { host: '東京' })).equals(await drawn('Doors', { host: '' })))
})

t.test('the picture says the days of its week, with the year once', async (t) => {
  const account = { name: 'NorthDale Health', handle: 'NorthDaleHealth', timeZone: 'Europe/London' }
  const cases: [opensAt: string, closesAt: string, dates: string][] = [
    ['2026-11-09T07:00:00Z', '2026-11-13T18:00:00Z', '9 to 13 November 2026'],
    ['2026-11-30T07:00:00Z', '2026-12-04T18:00:00Z', '30 November to 4 December 2026'],
    ['2026-12-28T07:00:00Z', '2027-01-01T18:00:00Z', '28 December 2026 to 1 January 2027'],
  ]
  for (const [opensAt, closesAt, dates] of cases) {
    const week = { theme: '', opensAt: new Date(opensAt), closesAt: new Date(closesAt) }
    t.match(shareCardOf(account, week, null), {
      dates,
      title: 'NorthDale Health',
      days: ['M', 'T', 'W', 'T', 'F'],
    })
  }
})
