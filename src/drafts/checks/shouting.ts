/** Said in capitals by everybody, and longer than the three letters that any abbreviation may have. */
const ABBREVIATIONS = new Set(
  `ADHD AHPS AMHP BAME BAPEN BSL CAMHS CDIFF COPD COVID CQUIN CRISPR DNAR DNACPR ECMO EDIB FAQS FFFAP GIRFT HEIW HCAS HCSW HIV
HMRC HOSC ISBAR ITU JACIE MBRRACE MDTS MHRA MRSA NCEPOD NEWS2 NICE NIHR NICU NMAHP NSQIP PALS PICU PPIE QIST ReSPECT SBAR SCBU SEND
SENCO SIREN SOBS STEM STEIS SUDEP TENS UKHSA UNICEF UNISON WHSSC YMCA`.split(/\s+/),
)
/** A word in capitals, or what may stand between two of them. */
const RUN = /(?<![\p{L}\p{N}#@])\p{Lu}[\p{Lu}\p{N}’'-]*(?:[\s,&!?.…-]+\p{Lu}[\p{Lu}\p{N}’'-]*)+(?![\p{Ll}])/gu

/** Two long words in capitals in one run are shouting; one is stress, and abbreviations are neither. */
export function shoutsIn(text: string): string[] {
  return [...text.matchAll(RUN)]
    .map(([run]) => run)
    .filter((run) => {
      const long = run.split(/[\s,&!?.…-]+/).filter((word) => /^\p{Lu}{4,}/u.test(word))
      return long.filter((word) => !ABBREVIATIONS.has(word)).length >= 2
    })
}
