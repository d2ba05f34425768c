const NO_DESCRIPTION =
  /^(?:an? |the |my |our |this )?(?:alt(?:ernative)?(?: text)?|description|graphic|image|img|infographic|logo|n\/?a|none|nothing|photo(?:graph)?|pic|picture|poster|screen ?shot|selfie|test|tbc|todo|untitled)s?(?: (?:\d+|here|of it|of this|attached|above|below))?[.!]*$/i
const FILE_NAME = /\.(?:jpe?g|png|gif|webp|heic|tiff?|bmp)$/i
/** As cameras, phones and messengers name what they keep. */
const CAMERA_NAME =
  /^(?:img|dsc[nf]?|pxl|mvimg|p|photo|image|picture|pic|screen ?shot|whatsapp image|signal|fb_img|received|vid)[\s_-]*\d[\d\s_.:atpm()-]*(?:wa\d+)?$/i

/** Why a description does not describe its picture, in words that go on after “…”; null where it may well. */
export function whyLazy(alt: string, text: string): string | null {
  const said = alt.trim()
  if (said === '') return null // a description that is missing has to be written anyway
  if (NO_DESCRIPTION.test(said)) return 'says only that there is a picture'
  if (FILE_NAME.test(said) || CAMERA_NAME.test(said)) return 'is the name of a file'
  if (!/\s/.test(said)) return 'is a single word'
  if (said.toLowerCase() === text.trim().toLowerCase()) return 'repeats the text'
  return null
}
