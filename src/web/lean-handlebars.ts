import Handlebars from 'handlebars'

/*
 * Handlebars calls a helper for each `{{#if}}`, with an object of options and a function for each branch, and that was most of
 * what rendering a long page cost. Here a Handlebars of ours gets three parts of its own; the HTML is the same, which a test
 * compares. They lean on what Handlebars doesn't document, so that its version is fixed in package.json.
 */

/** What is used of Handlebars’ compiler, which its types leave out. */
interface Compiler {
  environment: { children: Program[] }
  useDepths?: boolean
  useBlockParams?: boolean
  pushProgram(guid: number | null | undefined): void
  invokeKnownHelper(parameters: number, name: string): void
  invokePartial(isDynamic: boolean, name: string, indent: string): void
  setupParams(name: string, count: number, parameters: unknown[]): { hash: unknown }
  useRegister(name: string): void
  topStack(): unknown
  popStack(): unknown
  push(expression: unknown[]): void
}

interface Program {
  index: number
  useDecorators?: boolean
}

type Template = (context: unknown, options: PartialOptions) => string

interface PartialOptions {
  partial?: boolean
  data: Record<string, unknown>
  partials: object
  fn?: Template & { partials?: object }
}

type InvokePartial = (
  partial: Template | string | undefined,
  context: unknown,
  options: PartialOptions,
) => string | undefined

interface Insides {
  JavaScriptCompiler: new () => Compiler
  VM: { invokePartial: InvokePartial; noop: () => string }
}

const { JavaScriptCompiler, VM } = Handlebars as unknown as Insides

/** Before anything is compiled with it. What a model holds must be plain: `{{#if}}` doesn't call functions. */
export function makeLean(handlebars: typeof Handlebars): void {
  Object.assign(handlebars, { JavaScriptCompiler: LeanCompiler, VM: { ...VM, invokePartial } })
  const eachOfAnything = handlebars.helpers['each'] as (...values: unknown[]) => string
  handlebars.registerHelper('each', function (this: unknown, list: unknown, options) {
    const names = (options.fn as { blockParams?: number }).blockParams
    return Array.isArray(list) && list.length > 0 && !names
      ? eachOf(list, options)
      : eachOfAnything.call(this, list, options)
  })
}

/**
 * Writes `{{#if}}` and `{{#unless}}` as conditions into the template’s own code, and what `{{> partial this more=…}}` is given as a
 * literal: Handlebars copies it field by field, which is slow to make and slow to read.
 */
class LeanCompiler extends JavaScriptCompiler {
  compiler = LeanCompiler
  #forPartial = false
  #branches: (number | null | undefined)[] = []

  override pushProgram(guid: number | null | undefined): void {
    // Of each helper that is called: what it surrounds, then its else.
    this.#branches = [this.#branches.at(-1), guid]
    super.pushProgram(guid)
  }

  override invokeKnownHelper(parameters: number, name: string): void {
    const branches = this.#branches.map((guid) => (guid == null ? null : this.environment.children[guid]!))
    if (
      !(name === 'if' || name === 'unless') ||
      this.topStack() !== '{}' ||
      this.useBlockParams ||
      branches.some((branch) => branch?.useDecorators)
    )
      return super.invokeKnownHelper(parameters, name)
    const [_hash, _else, _block, condition] = [1, 2, 3, 4].map(() => this.popStack())
    const [block, otherwise] = branches.map((branch) => this.#call(branch))
    const [yes, no] = name === 'if' ? [block, otherwise] : [otherwise, block]
    this.useRegister('is')
    // An empty list counts as nothing.
    this.push(['((is = ', condition, ') && !(Array.isArray(is) && is.length === 0) ? ', yes, ' : ', no, ')'])
  }

  override invokePartial(isDynamic: boolean, name: string, indent: string): void {
    this.#forPartial = true
    super.invokePartial(isDynamic, name, indent)
    this.#forPartial = false
  }

  override setupParams(name: string, count: number, parameters: unknown[]): { hash: unknown } {
    const options = super.setupParams(name, count, parameters)
    if (!this.#forPartial || options.hash === 'undefined') return options
    parameters[0] = ['{...', parameters[0], ', ...', options.hash, '}']
    return { ...options, hash: 'undefined' }
  }

  #call(branch: Program | null | undefined): string {
    if (!branch) return '""'
    const depths = this.useDepths ? ', undefined, depths' : ''
    return `container.fn(${branch.index})(container, depth0, container.helpers, container.partials, data${depths})`
  }
}

/** As Handlebars’ own does with a list, with one object for all turns. */
function eachOf(list: unknown[], { fn, data }: Handlebars.HelperOptions): string {
  const turn = { ...data, _parent: data, first: true, last: false, index: 0, key: 0 }
  const options = { data: turn }
  let html = ''
  for (const [index, one] of list.entries()) {
    turn.key = turn.index = index
    turn.first = index === 0
    turn.last = index === list.length - 1
    html += fn(one, options)
  }
  return html
}

/**
 * `{{#> partial}}block{{/partial}}`, as Handlebars has it but for one thing: the function that renders the block stands in a
 * literal. Assigned to a property, V8 keeps it until all memory is gone through, and with it the whole page’s model and
 * HTML (measured with Node 20: a third of the time that a page took).
 */
const invokePartial: InvokePartial = function (this: unknown, partial, context, options) {
  const { data, fn } = options
  if (!fn || fn === VM.noop) return VM.invokePartial.call(this, partial, context, options)
  const around = data['partial-block']
  const block: Template = (inner, given) =>
    fn(inner, { ...given, data: { ...given.data, _parent: given.data, 'partial-block': around } })
  options.partial = true
  options.data = { ...data, _parent: data, 'partial-block': block }
  if (fn.partials) options.partials = { ...options.partials, ...fn.partials }
  const called = partial ?? block
  // Of one that is not compiled yet nothing comes back, and Handlebars compiles it.
  return typeof called === 'function' ? called(context, options) : undefined
}
