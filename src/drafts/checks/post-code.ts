/** Royal Mail's postcode areas. */
const AREAS = new Set(
  `AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G
GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX
PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR
WS WV YO ZE`.split(/\s+/),
)
/** The second half never has C, I, K, M, O or V; typed in small letters it comes with its blank. */
const LARGE = /(?<![\w-])([A-Z]{1,2})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?![\w-])/g
const SMALL = /(?<![\w-])([a-z]{1,2})\d[a-z\d]? \d(?!st|nd|rd|th)[abd-hjlnp-uw-z]{2}(?![\w-])/g

/** Full postcodes of the United Kingdom in a text; the account's own left out. */
export function postCodesIn(text: string, known: string): string[] {
  const codes = [...text.matchAll(LARGE), ...text.matchAll(SMALL)]
  if (codes.length === 0) return []
  const own = squeezed(known)
  return codes
    .filter(([code, area]) => AREAS.has(area!.toUpperCase()) && !own.includes(squeezed(code)))
    .map(([code]) => code)
}

function squeezed(text: string): string {
  return text.replaceAll(/\s/g, '').toUpperCase()
}
