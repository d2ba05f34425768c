import t from 'tap'
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
