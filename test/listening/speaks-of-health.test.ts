import t from 'tap'
import { speaksOfHealth } from '../../src/listening/speaks-of-health.ts'

t.test('who tells of their own health, or of somebody close to them, is to be asked first', (t) => {
  for (const said of [
    'I had a leg ulcer for two years before anybody looked at it properly',
    'My mum was diagnosed with dementia in March. Thank you for all that you do',
    'Thank you! Dad came out of hospital yesterday',
    'I’ve been on antidepressants since the lockdown and nobody at work knows',
    'She dressed my leg every week for a year',
    'You looked after my husband in his last days',
    'we lost our baby at 20 weeks. I had a miscarriage before that too',
    'Lovely thread!! i am waiting for a scan and this helps',
    'My son is autistic and the nurses were wonderful',
    'I was so poorly, and you came out in the snow',
    'my blood pressure thanks you for this',
    'She had a fall last winter',
    'As someone with anxiety I can tell you this helps me',
    'my nan died in that ward',
  ])
    t.ok(speaksOfHealth(said), said)
  t.end()
})

t.test('everything else people say is not', (t) => {
  for (const said of [
    '',
    'That I didn’t have to tidy up. I’d hoovered the stairs. She never went upstairs.',
    'We are watching @NorthDaleHealth from the church hall',
    'Good morning Ruth! What a view from that road.',
    'My mum would love this account',
    'I work on the stroke ward and we are all reading along',
    'I’m training to be a diabetes nurse. Is there a leaflet?',
    'What a great thread about dementia care. Everybody should read it.',
    'How do you keep the dressings dry in the car?',
    'Where is the flu clinic tomorrow?',
    'My car would never get up that hill',
    'I love this. My daughter wants to be a nurse now',
    'Is the hospital café open on Sundays?',
  ])
    t.notOk(speaksOfHealth(said), said)
  t.end()
})

t.test('in Welsh too, whatever the beginnings of words have become, and with or without accents', (t) => {
  for (const said of [
    'Mae fy mam wedi cael diagnosis o ganser ym mis Mawrth. Diolch am bopeth',
    'Roedd fy nhad yn yr ysbyty am wythnos',
    'Bu farw fy ngŵr yn y ward yna',
    'Dw i’n byw gydag iselder ers blynyddoedd',
    'Ges i lawdriniaeth ar fy nghlun y llynedd',
    'mae gan fy mab asthma, ac roedd y nyrs yn wych',
    'Mae dementia ar fy nain',
    'Gawson ni gamesgoriad cyn y Nadolig. Roedd fy ngwraig mor dost',
    'Rwy’n aros am sgan ac mae hyn yn helpu',
    'roedd fy merch yn sal iawn',
  ])
    t.ok(speaksOfHealth(said), said)
  for (const said of [
    'Bore da Ruth! Am olygfa hyfryd o’r ffordd yna.',
    'Mae fy mam wrth ei bodd gyda’r cyfrif yma',
    'Dw i’n gweithio ar y ward strôc a rydyn ni i gyd yn darllen',
    'Pryd mae’r clinig ffliw yn agor?',
    'Diolch am yr wythnos, roedd yn ddiddorol iawn',
    'Dw i eisiau bod yn nyrs nawr',
    'Rwy’n nyrs dementia. Oes taflen?',
  ])
    t.notOk(speaksOfHealth(said), said)
  t.end()
})
