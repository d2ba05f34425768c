/*
 * The same in Welsh. The words for illnesses, treatments and losses are those of public Welsh texts on health (the glossary of
 * ourhealthourknowledge.org/cy, Citizens Advice’s pages on rights of patients, BBC Cymru Fyw) and everyday ones; how their beginnings
 * change follows the rules of the grammar, and accents may be missing, as they often are in posts. Nobody whose language it is has
 * looked through them yet, so it finds less than in English.
 */

/** Whether a sentence in Welsh, in small letters, seems to tell of somebody's health. */
export function speaksOfHealthInWelsh(sentence: string): boolean {
  const said = sentence.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(AT_WORK, ' ')
  if (!SOMEBODY.test(said)) return false
  return NAMES_IT.test(said) || SHARED.test(said) || BODY.test(said)
}

/** How the first sound of a word changes after others: itself, soft, nasal, and with breath; h before a vowel. */
const CHANGES: [first: RegExp, ...others: string[]][] = [
  [/^c(?!h)/, 'g', 'ngh', 'ch'],
  [/^p(?!h)/, 'b', 'mh', 'ph'],
  [/^t(?!h)/, 'd', 'nh', 'th'],
  [/^g/, '', 'ng'],
  [/^b/, 'f', 'm'],
  [/^d(?!d)/, 'dd', 'n'],
  [/^ll/, 'l'],
  [/^m/, 'f'],
  [/^rh/, 'r'],
  [/^(?=[aeiouwy])/, 'h'],
]

function changed(word: string): string[] {
  const change = CHANGES.find(([first]) => first.test(word))
  if (!change) return [word]
  const [first, ...others] = change
  return [word, ...others.map((other) => word.replace(first, other))]
}

function oneOf(words: string): string {
  return words
    .split('|')
    .flatMap(changed)
    .map((word) => word.replaceAll(' ', String.raw`\s+`))
    .join('|')
}

/** What somebody does for a living: "dw i'n gweithio ar", "rwy'n nyrs". */
const AT_WORK = /\b(?:n |yn )?(?:g?weithio|nyrs(?:io)?|hyfforddi|astudio|gwirfoddoli|dysgu am)\b[^,]*/g

/** Of the one who speaks, or of somebody close. "i" by itself is "to" as well. */
const SOMEBODY = new RegExp(
  String.raw`\b(?:fy|ei|ein|(?:dw|rydw|ydw|o'n|oeddwn|ron|roedden|es|fues|bues) i|dwi|rwy'?n?|rwyf|roeddwn|(?:g|c)es i|(?:g|c)efais|cawson|gawson|gen i|gyda fi|'da fi|arna i|arnaf|i mi|i fi|${oneOf('mam|tad|gwr|gwraig|mab|merch|plentyn|babi|nain|taid|mam-gu|tad-cu|mamgu|tadcu|brawd|chwaer|modryb|ewythr|cefnder|cyfnither|ffrind|cymydog|gefeilliaid')})\b`,
)

const NAMES_IT = new RegExp(
  String.raw`\b(?:${oneOf(
    [
      'canser|tiwmor|lewcemia|cemotherapi|radiotherapi|clefyd siwgr|clefyd y siwgr|inswlin|epilepsi|niwmonia|strôc'.replace(
        'ô',
        'o',
      ),
      'trawiad|trawiad ar y galon|trawiad y galon|ceulad gwaed|pwysedd gwaed|clefyd y galon|cyflwr|afiechyd|salwch|haint|symptomau',
      'iselder|gorbryder|pryder iechyd|anhwylder|hunanladdiad|hunan-niweidio|hunanniweidio|iechyd meddwl|seicosis|caethiwed',
      'camesgoriad|marw-anedig|marwanedig|erthyliad|beichiog|beichiogrwydd|colli babi|colli baban|geni cynnar',
      'llawdriniaeth|triniaeth|meddyginiaeth|tabledi|presgripsiwn|sgan|biopsi|prawf gwaed|profion gwaed|trawsblaniad|dialysis|diagnosis|apwyntiad',
      'gofal lliniarol|gofal diwedd oes|hosbis|cadair olwyn|anabledd|anabl|awtistig|awtistiaeth|wlser|clwyf|anaf|damwain',
      'ysbyty|gofal dwys|uned ddamweiniau|sal|tost|yn wael|poen|poenau|marw|marwolaeth|angladd|galar',
    ].join('|'),
  )})\b`,
)

/** As in English; a Welsh beginning may stand before them. */
const SHARED =
  /\b(?:d?dementia|nementia|alzheimer|parkinson|asthma|sepsis|copd|adhd|hiv|ivf|covid hir|diabetes|ddiabetes|niabetes|stoma)\b/

/** "fy nghoes": a body. */
const BODY = new RegExp(
  String.raw`\b(?:fy|ei) (?:${oneOf('coes|clun|pen-glin|calon|cefn|bron|ysgyfaint|arennau|iau|pledren|coluddyn')})\b`,
)
