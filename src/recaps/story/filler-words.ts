/**
 * Words that every text has, by language: without them a cloud of words shows what was talked about. English stands in every
 * post's way, since most of what is posted beside another language is English.
 */
const FILLERS: Record<string, string> = {
  en: `a about above across after afternoon again against ago ah all almost along already also although always am among an and
another any anybody anyone anything are aren't around as ask asked at away back be became because been before behind being
below best better between big both but by came can can't cannot come comes coming could couldn't day days did didn't do does
doesn't doing don't done down during each eight either else end enough etc even evening ever every everybody everyone
everything far few find first five for found four from get gets getting give given go goes going gone good got great had
hadn't half happy has hasn't have haven't having he he'd he'll he's hello her here here's hers herself hey hi him himself his
hour hours how i i'd i'll i'm i've if in instead into is isn't it it'd it'll it's its itself just keep kept knew know known
last late later least leave left less let let's like little long look looking lot lots love made make makes making many may
maybe me mean might mine minute minutes moment monday month months more morning most much must my myself near need needs
never new next nice night nine no nobody none nor not nothing now o'clock of off oh ok okay old on once one ones only onto
or other others our ours ourselves out over own part people perhaps place please put quite rather re read really right said
same saw say saying says see seen seven shall she she'd she'll she's should shouldn't since six so some somebody someone
something sometimes soon sorry sort still such sunday sure take taken takes taking talk tell ten than thank thanks that
that'll that's the their theirs them themselves then there there's these they they'd they'll they're they've thing things
think this those though thought three through thursday till time times to today together told tomorrow tonight too took
toward towards tried try tuesday two twice under until up upon us use used very want wanted was wasn't way we we'd we'll
we're we've wednesday week weeks well went were weren't what what's when where which while who who's whole whom whose why
will wish with within without won't work would wouldn't year years yes yesterday yet you you'd you'll you're you've your
yours yourself friday saturday ll ve eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million dozen`,
  cy: `a ac am ar arall at bod bob byddwn bydd chi dim diolch dros dw dwi ddim ei ein ers eu fe fel felly fi fod fy fydd
gan gyda hefyd heddiw hi hon hwn hynny i iawn mae maen mewn mi mor na neu ni nid nos nôl o oedd oes ond pan pawb pwy
rhai roedd rwy rydw rydym sut sy sydd un wedi wrth y ydi ydw ydy ydyn yma yn yna yr ych`,
  de: `aber alle als also am an auch auf aus bei bin bis da dann das dass dem den der des die dies diese doch du ein eine
einem einen einer er es für ganz gibt hab habe haben hat heute hier ich ihr im immer in ist ja kann kein keine man mehr mein
mir mit nach nicht noch nur oder schon sehr sein sich sie sind so und uns unser vom von vor war was wenn wer wie wieder wir
wird wo zu zum zur über`,
  fr: `au aujourd'hui aussi aux avec avoir bien c'est ce ces cette dans de des deux dit du elle en encore est et être fait il
ils j'ai je l'on la le les leur leurs lui ma mais me merci mes moi mon même ne nos notre nous on ont ou où par pas plus pour
qu'il que qui sa sans se ses si son sont sur ta te tout toute tous très tu un une vos votre vous y à été`,
  es: `a al algo así con como cuando de del donde el ella en entre era es esta este esto está están fue gracias ha hay hoy
la las le lo los me mi muy más ni no nos nuestra nuestro o para pero por porque que qué se ser si sin sobre su sus también
te tiene todo todos un una uno y ya yo`,
}

const byLanguage = new Map(
  Object.entries(FILLERS).map(([language, words]) => [language, new Set(words.split(/\s+/))]),
)

/** Single letters say nothing in a script that has letters. */
const ONE_LETTER = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]{1,2}$/u

/** Whether a word, in small letters, is one that every text has. `lang` is BCP 47. */
export function isFiller(word: string, lang: string | null): boolean {
  const language = lang?.split('-')[0]?.toLowerCase() ?? 'en'
  return (
    ONE_LETTER.test(word) || byLanguage.get('en')!.has(word) || byLanguage.get(language)?.has(word) === true
  )
}
