/**
 * Short on purpose: the words that Ofcom's listeners called strong or very strong ("Attitudes to potentially offensive
 * language and gestures on TV and radio", 2021), and a few that no corporate account says. Left out is what clinicians
 * and names say in earnest: prick (of a finger), bloody, cock, dick, slag, pussy. With stars in them they count too.
 */
const RUDE = [
  'arse(?:hole)?s?',
  'bastards?',
  'bitch(?:es)?',
  'bollocks',
  'bugger(?:ed|s)?',
  'bullshit',
  'c[u*]nts?',
  'dickheads?',
  '(?:mother)?f[u*][c*]?[k*](?:ed|er|ers|ing|s|wits?)?',
  'knobheads?',
  'nigg(?:a|er)s?',
  'pakis?',
  'piss(?:ed)?(?: off)?',
  'sh[i*]t(?:e|s|ty)?',
  'slappers?',
  'slut(?:s|ty)?',
  'tossers?',
  'twats?',
  'wank(?:er|ers|ing|s)?',
]
const WORD = new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}*])(?:${RUDE.join('|')})(?![\p{L}\p{M}\p{N}*])`, 'giu')

export function rudeWordsIn(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word]) => word)
}
