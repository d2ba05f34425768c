import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Handlebars from 'handlebars'
import type { Assets } from './assets.ts'
import { makeLean } from './lean-handlebars.ts'

// Without preventIndent a partial's own lines are indented to where it is called, and with them what a textarea holds.
const compileOptions: CompileOptions = {
  explicitPartialContext: true,
  preventIndent: true,
  // The others are built in. With them known a field of a page’s model is not looked for among the helpers, hundreds of times a page.
  knownHelpers: { asset: true, describedBy: true, or: true },
  knownHelpersOnly: true,
}

interface Place {
  assets: Assets
  viewsDir: string
}

const made = new WeakMap<Assets, Map<string, typeof Handlebars>>()

/** As `createHandlebars`. Apps with the same views and assets in one process, such as those to practise in, share what is compiled. */
export function handlebarsFor({ assets, viewsDir }: Place): typeof Handlebars {
  const ofAssets = made.get(assets) ?? new Map<string, typeof Handlebars>()
  made.set(assets, ofAssets)
  const handlebars = ofAssets.get(viewsDir) ?? compilingOnce(createHandlebars({ assets, viewsDir }))
  ofAssets.set(viewsDir, handlebars)
  return handlebars
}

function compilingOnce(handlebars: typeof Handlebars): typeof Handlebars {
  const compile = handlebars.compile
  const compiled = new Map<unknown, ReturnType<typeof compile>>()
  handlebars.compile = (input: unknown, options) => {
    if (options) return compile(input, options)
    const template = compiled.get(input) ?? compile(input)
    compiled.set(input, template)
    return template
  }
  return handlebars
}

/**
 * The Handlebars that all pages are rendered with: its own instance, with our helpers and every partial of
 * `views/partials`, a file's name being the partial's.
 *
 * A partial sees what it is given and nothing else (`{{> tag draft.tag}}`, `{{> empty title="Nothing yet"}}`): a page's
 * own `title` or `error` never slips into it. To hand on everything, say so: `{{> name this}}`.
 */
export function createHandlebars({ assets, viewsDir }: Place): typeof Handlebars {
  const handlebars = Handlebars.create()
  makeLean(handlebars)
  const compile = handlebars.compile
  handlebars.compile = (input, options) => compile(input, { ...compileOptions, ...options })

  handlebars.registerHelper('asset', (name: unknown) => assets.path(text('asset', name)))
  handlebars.registerHelper('describedBy', describedBy)
  handlebars.registerHelper('or', or)

  const partials = join(viewsDir, 'partials')
  for (const file of readdirSync(partials)) {
    if (file.endsWith('.hbs')) {
      handlebars.registerPartial(
        file.slice(0, -'.hbs'.length),
        readFileSync(join(partials, file), 'utf8').trimEnd(),
      )
    }
  }
  return handlebars
}

/**
 * `{{describedBy id hint error more}}` gives a control's aria-describedby with the ids of what stands around it: `id-hint`
 * and `id-error` where there are such, and `more`, ids of the page's own. Without any of them it gives nothing.
 * @throws TypeError for a control without an id.
 */
function describedBy(id: unknown, hint: unknown, error: unknown, more: unknown): Handlebars.SafeString | '' {
  const control = text('describedBy', id)
  const ids = [
    hint && `${control}-hint`,
    error && `${control}-error`,
    typeof more === 'string' && more,
  ].filter(Boolean)
  if (ids.length === 0) return ''
  return new Handlebars.SafeString(`aria-describedby="${Handlebars.escapeExpression(ids.join(' '))}"`)
}

/** `{{#if (or a b)}}`: whether any of them is something, in the sense of `{{#if}}`. Its last argument is Handlebars' own. */
function or(...values: unknown[]): boolean {
  return values.slice(0, -1).some((value) => !Handlebars.Utils.isEmpty(value))
}

function text(helper: string, value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw new TypeError(`{{${helper}}} needs a text, not ${String(value)}.`)
  return value
}
