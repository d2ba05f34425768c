/**
 * Words that health-service hashtags are made of. Only a tag that falls into these words without a remainder is spoken of:
 * the list decides nothing else, so a word that is missing costs a hit and never a false alarm.
 */
const WORDS = new Set(
  `able about access act active advance age ageing ahp ahps air allied ambulance and antibiotic apprentice apprentices
apprenticeship april armed around ask august autism autumn award awards awareness baby babies back bank be better bike
black bladder blood bone book books bowel brain break breast bring british building business can cancer care career careers
carer carers caring celebrate celebrating challenge champion champions change changing chat check child children
christmas clean climate clinic clinical college comms community conference connect continence control covid create
critical culture dance data day days deaf death december delirium delivery dementia dental design diabetes dietitian
dietitians digital disability doctor doctors donate donation donor drink drive dry early eat emergency end engagement
england epilepsy equality every everyone exercise eye face fall falls families family february feel finance find fit five
flu food foot for forces free friday friends from fundraising future games get gift girls give go good gp great green grow
gut hand hands happy head heal health healthy hear hearing heart hello help helping hepatitis hero heroes history hiv home
hope hospice hospital hospitals host hour how hub human hydration i idea ideas imaging improve improvement improving in
inclusion infection influence innovate innovation inspire integrated intensive international is it january jab job join
journey july june junior just keep kidney kind kindness know lead leader leaders leadership learn learning let lets library
life lifestyle listen listening live lives living local london look love lung lungs make makes making manager march
maternity matter matters may me measure medical medication medicine medicines meet men mental midwife midwives mindful
mission moment monday money month more morning mouth move movement moving my name national neonatal net network new news
nhs night no north northern not november now nurse nurses nursing nutrition occupational october of oh older on one open
oral organ osteoporosis our out over palliative paramedic paramedics parents parkinson parkinsons partner partners
partnership pathology patient patients people person pharmacist pharmacists pharmacy physio physios place plan plastic
play plus podiatry positive practice pressure prevent prevention pride primary professional professionals progress project
protect proud public quality question questions quit race radiographer radiographers reach read ready recovery red reduce
rehab research respect respiratory rest right road role run safe safeguarding safer safety saturday save saves saving say
scan school science scientist scientists scotland screening self sepsis september service services share sharing shine sight
simulation skills skin sleep smile smoke smoking social south speak spirit spring staff start stay step steps stigma stop
story stories stronger stroke student students success suicide summer sun sunday support supporting surgery swim take talk
talking teach teaching team teams test testing thank thanks that the theatre theatres therapy therapies there things think
this thursday time to today together tomorrow top trauma travel trial trials tuesday ulcer ulcers university up us vaccine
vaccines value values virtual visit volunteer volunteers volunteering wales walk ward wards wash water way we wear wednesday
week welcome welsh well west what when who why wig wildlife win winter with women work workforce working workshop world
wound wounds year years yoga you young your youth zero zone`.split(/\s+/),
)
/** One word to everybody, though it falls into two. */
const ONE_WORD = new Set(
  `become birthday birthplace bookwork childcare daytime everyday everyone forget handover headway healthcare heartbeat
homecare homework household inpatient inpatients inspire into lifesaving lifetime livestock may medicines myself network
newborn nighttime nowhere online outpatient outpatients outreach overtime override safeguarding sometime startup
teamwork therefore together today tomorrow understanding upon update weekday weekdays weekend welcome wellbeing welfare
whatever without withstand workbook workforce workplace workshop worldwide yourself yearbook`.split(/\s+/),
)
/** Shorter ones are read well enough, and are mostly a name. */
const SHORTEST = 7

/** A hashtag of several words whose words do not begin with capitals, and how it would read better. */
export function flatHashtag(tag: string): string | null {
  const name = tag.replace(/^[#＃]/, '')
  const [, letters, figures] = /^([a-z]+|[A-Z]+|[A-Z][a-z]+)(\d*)$/.exec(name) ?? []
  if (!letters || letters.length < SHORTEST || ONE_WORD.has(letters.toLowerCase())) return null
  const words = fallApart(letters.toLowerCase())
  if (!words || words.length < 2) return null
  return `#${words.map(capitalised).join('')}${figures}`
}

/** Into the fewest words of the list; null where something remains. */
function fallApart(letters: string): string[] | null {
  const best: (string[] | null)[] = [[]]
  for (let end = 1; end <= letters.length; end += 1) {
    best[end] = null
    for (let start = 0; start < end; start += 1) {
      const before = best[start]
      const word = letters.slice(start, end)
      if (before && WORDS.has(word) && (!best[end] || before.length + 1 < best[end]!.length))
        best[end] = [...before, word]
    }
  }
  return best[letters.length] ?? null
}

function capitalised(word: string): string {
  return /^(?:nhs|gp|ahp|hiv|us)$/.test(word) && word !== 'us'
    ? word.toUpperCase()
    : word === 'ahps'
      ? 'AHPs'
      : word.charAt(0).toUpperCase() + word.slice(1)
}
