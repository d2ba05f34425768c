import { speaksOfHealthInWelsh } from './speaks-of-health-cy.ts'

/**
 * Whether somebody seems to tell of their own health, or of that of a person close to them: then nobody should put it on a public page
 * without asking them first, however public it is on the network. By English and Welsh words alone: it finds most of what is said plainly and
 * nothing that is only hinted at, and it would rather ask once too often. It is a reminder, and no judgement of what may be shown.
 */
export function speaksOfHealth(text: string): boolean {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[.!?;\n]+/)
    .some((sentence) => {
      const said = sentence.replaceAll(AT_WORK, ' ')
      return (
        (NAMES_IT.test(said) && SOMEBODY.test(said)) ||
        HAPPENED.test(said) ||
        DIED.test(said) ||
        OWN.test(said) ||
        speaksOfHealthInWelsh(sentence)
      )
    })
}

/** What somebody does for a living is no illness of theirs. */
const AT_WORK =
  /\b(?:i|we)(?:'m| am|'ve| have)?(?: been)?(?: \w+)? (?:work(?:ed|ing)?|volunteer(?:ed|ing)?|train(?:ed|ing)|teach|taught|stud(?:y|ied)|research(?:ed)?|nursed?)\b[^,]*/g

const CLOSE =
  'm[uau]m|mam|mummy|mother|dad|daddy|father|son|daughter|husband|wife|partner|baby|child|kids?|nan|nana|gran(?:ny|dad|dma|dpa|dmother|dfather)?|brother|sister|aunt(?:ie|y)?|uncle|cousin|nephew|niece|friend|neighbour|boy|girl|twins?'

const SOMEBODY = new RegExp(
  String.raw`\b(?:i|i'm|i've|i'd|me|my|mine|myself|our|he|she|him|her|his|hers|${CLOSE})\b`,
)

/** Words that hardly anybody uses of anything but an illness, a treatment or a loss. */
const NAMES_IT = new RegExp(
  String.raw`\b(?:${[
    'cancers?|leuka?emia|lymphoma|melanoma|tumou?rs?|chemo(?:therapy)?|radiotherapy|biops(?:y|ies)|mastectomy|remission',
    "diabet(?:es|ic)|insulin|dementia|alzheimer'?s|parkinson'?s|epilep(?:sy|tic)|seizures?|strokes?|heart attacks?|sepsis|pneumonia",
    "asthma|copd|cystic fibrosis|multiple sclerosis|motor neurone|arthritis|fibromyalgia|crohn'?s|colitis|endometriosis|long covid",
    'depress(?:ion|ed)|anxiety|bipolar|schizophreni(?:a|c)|psychosis|ptsd|anorexi(?:a|c)|bulimi(?:a|c)|self[- ]harm(?:ed|ing)?|suicid(?:e|al)|overdosed?',
    'addict(?:ed|ion)?|alcoholi(?:c|sm)|rehab|hiv|hepatitis|miscarr(?:y|ied|iage|iages)|stillb(?:orn|irth)|ivf|abortion|c-section|caesarean',
    'dialysis|transplant(?:ed)?|stoma|catheter|hospice|palliative|end of life|terminal(?:ly)? ill|passed away|lost (?:his|her|my|our|their) (?:life|fight|battle)',
    'diagnos(?:is|ed)|autis(?:m|tic)|adhd|wheelchair|amputat(?:ed|ion)|antidepressants?|sectioned|leg ulcers?',
  ].join('|')})\b`,
)

/** "I had a scan", "she was in hospital": ordinary words, of somebody to whom it happened. */
const HAPPENED = new RegExp(
  String.raw`\b(?:i|he|she|${CLOSE})(?:'m|'ve|'s|'d)?(?: (?:was|am|is|are|had|have|has|been|got|get|being|having|suffer(?:s|ed|ing)?|need(?:s|ed)?|take[sn]?|took|came|come|went|in|from|with|out|into|to|on|a|an|the|my|his|her|some|just|still|very|so|rushed|taken|admitted|waiting|recovering|for|off|of|off)\b){1,7} ?(?:\w+ ){0,2}?(?:ill(?:ness)?|sick|unwell|poorly|hospital|a&e|intensive care|icu|ward|operations?|surger(?:y|ies)|scans?|x-?rays?|tablets|medication|prescription|blood pressure|blood tests?|infections?|pain|wound|falls?|fell|pregnan(?:t|cy)|injur(?:y|ed)|disab(?:led|ility)|flu|covid|symptoms|treatment|discharged|stitches|fracture[ds]?|died|dying)\b`,
)

const DIED = new RegExp(
  String.raw`\b(?:he|she|${CLOSE})(?:'s| has| had| just)? (?:sadly )?(?:died|dying|passed)\b`,
)

/** "my leg", "her new hip": a body, or what is done to one. */
const OWN = new RegExp(
  String.raw`\b(?:my|his|her|(?:${CLOSE})'s) (?:\w+ ){0,2}?(?:condition|symptoms|illness|disease|disability|operation|surgery|scan|biopsy|treatment|medication|tablets|prescription|wounds?|ulcers?|dressings?|legs?|hips?|knees?|hearts?|lungs?|kidneys?|liver|bladder|bowels?|breasts?|back pain|blood pressure|sugars?|pregnancy|labour|mental health|appointment|gp|consultant|diagnosis|death|funeral|last days)\b`,
)
