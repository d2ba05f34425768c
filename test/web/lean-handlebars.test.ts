import { setImmediate } from 'node:timers/promises'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import Handlebars from 'handlebars'
import t from 'tap'
import { makeLean } from '../../src/web/lean-handlebars.ts'

const PARTIALS = {
  frame: '<nav>{{label}}{{#each nav}}<a>{{name}}</a>{{/each}}{{> @partial-block}}</nav>',
  // What a name is looked up in may be missing.
  undefined: '',
  nested: '<section>{{#> frame label="inner"}}{{> @partial-block}}{{/frame}}</section>',
  line: '<i>{{text}}{{#if loud}}!{{/if}}</i>',
}
const MODEL = {
  label: 'outer',
  zero: 0,
  text: '<b>',
  none: null,
  empty: [],
  yes: true,
  one: { text: 'one', loud: true },
  nav: [{ name: 'a' }, { name: 'b' }],
  deep: [
    { name: 'x', list: [{ n: 1 }, { n: 2 }] },
    { name: 'y', list: [] },
  ],
  by: { first: 'f', second: 's', kind: 'line' },
  gaps: [null, 'said', false],
}
const TEMPLATES = [
  '{{#if yes}}a{{else}}b{{/if}}{{#if zero}}a{{else}}b{{/if}}{{#if empty}}a{{else}}b{{/if}}{{#if none}}a{{/if}}{{#if text}}{{text}}{{/if}}',
  '{{#if zero includeZero=true}}a{{else}}b{{/if}}{{#if missing.deep}}a{{else if nav}}c{{else}}b{{/if}}',
  '{{#unless yes}}a{{else}}b{{/unless}}{{#unless empty}}a{{/unless}}{{#unless nav}}a{{/unless}}',
  '{{#each deep}}{{@index}}{{@key}}{{#if @first}}first{{/if}}{{#if @last}}last{{/if}}{{#each list}}{{../name}}{{n}}{{@../index}}{{#if ../../yes}}{{../../label}}{{/if}}{{else}}nothing{{/each}}{{/each}}',
  '{{#each by}}{{@key}}={{this}}{{#unless @last}},{{/unless}}{{/each}}{{#each none}}a{{else}}b{{/each}}{{#each empty}}a{{else}}b{{/each}}',
  '{{#each gaps}}{{#if this}}{{this}}{{else}}-{{/if}}{{/each}}{{#each nav as |link|}}{{#if link}}{{link.name}}{{/if}}{{/each}}',
  '{{#with one}}{{#if loud}}{{text}}{{@root.label}}{{/if}}{{/with}}{{#if (lookup by "first")}}{{lookup by "second"}}{{/if}}',
  '{{> line one}}{{#if yes}}{{> line one loud=false}}{{/if}}{{#each nav}}{{> line this text=name}}{{/each}}',
  '{{> line this text=one.text loud=(lookup one "loud")}}{{> line none text="alone"}}{{> (lookup by "kind") one text="dynamic"}}',
  '{{#> frame this}}{{#each nav}}{{name}}{{@index}}{{/each}}{{/frame}}{{#> frame this label="x"}}{{/frame}}',
  '{{#> nested this}}<u>{{label}}{{#if yes}}{{#> frame one}}{{text}}{{/frame}}{{/if}}</u>{{/nested}}{{#> unknown}}instead{{/unknown}}',
  '{{#*inline "own"}}<q>{{text}}{{#if loud}}!{{/if}}</q>{{/inline}}{{> own one}}{{#if yes}}{{#*inline "within"}}{{label}}{{/inline}}{{> within}}{{> own one}}{{/if}}',
]

t.test('What is rendered is what Handlebars itself renders', async (t) => {
  const [lean, plain] = [Handlebars.create(), Handlebars.create()]
  makeLean(lean)
  for (const one of [lean, plain]) one.registerPartial(PARTIALS)
  for (const template of TEMPLATES) {
    const [ours, theirs] = [lean.compile(template), plain.compile(template)]
    t.equal(ours(MODEL), theirs(MODEL), template)
    t.equal(ours(MODEL), theirs(MODEL), 'and once more, with its partials compiled')
    t.equal(ours({}), theirs({}), 'and of nothing')
  }
})

t.test('What a page was made of does not outlive it, also where it goes around something', async (t) => {
  const lean = Handlebars.create()
  makeLean(lean)
  lean.registerPartial(PARTIALS)
  const render = lean.compile('{{#> frame this}}{{label}}{{/frame}}')
  v8.setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how?: { type: 'minor' }) => void
  const pages = 100
  const round = async () => {
    for (let at = 0; at < pages; at += 1) {
      render({ nav: [], words: Array.from({ length: 5000 }, (_, word) => ({ word })) })
      await setImmediate()
    }
  }
  await round()
  collect()
  const before = keptForLong()
  await round()
  // What is young and has survived twice is kept until all memory is gone through.
  collect({ type: 'minor' })
  collect({ type: 'minor' })
  t.ok((keptForLong() - before) / pages < 10_000, 'of some 160 KB each')
})

function keptForLong(): number {
  return v8
    .getHeapSpaceStatistics()
    .filter(({ space_name: name }) => name.includes('old') || name === 'large_object_space')
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0)
}
