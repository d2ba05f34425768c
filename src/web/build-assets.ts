import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const project = fileURLToPath(new URL('../..', import.meta.url))

const entryPoints = [
  'views/assets/desk.css',
  'views/assets/magazine.css',
  'views/assets/card.css',
  'views/assets/icon.svg',
  'src/web/browser/desk.ts',
]

/** It lives under an address of its own, so that it can't name other files by where they lie: it is one file. */
const worker = 'src/web/browser/live-worker.ts'

/**
 * Bundles the style sheets, their fonts, the icon and the browser's modules into `outdir` under names that carry the hash
 * of their content, and writes `manifest.json`, which says what each is called: `{"desk.css": "desk-ABC123.css"}`.
 */
export async function buildAssets(
  outdir = join(project, 'dist/assets'),
  root = project,
): Promise<Record<string, string>> {
  await rm(outdir, { recursive: true, force: true })
  const common = {
    absWorkingDir: root,
    outdir,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    metafile: true,
    logLevel: 'warning',
  } as const
  const { metafile: ofWorker } = await build({
    ...common,
    entryPoints: [worker],
    format: 'iife',
    target: 'esnext',
  })
  const { metafile } = await build({
    ...common,
    entryPoints,
    assetNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    // Nesting, light-dark() and container queries stay as they are written.
    target: 'esnext',
    loader: { '.woff2': 'file', '.svg': 'copy' },
  })
  const manifest = nameByOrigin({ ...metafile.outputs, ...ofWorker.outputs })
  await mkdir(outdir, { recursive: true })
  await writeFile(join(outdir, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
  return manifest
}

function nameByOrigin(
  outputs: Record<string, { entryPoint?: string; inputs: Record<string, unknown> }>,
): Record<string, string> {
  const manifest: Record<string, string> = {}
  for (const [output, { entryPoint, inputs }] of Object.entries(outputs)) {
    const origin = entryPoint ?? Object.keys(inputs)[0]
    if (origin) manifest[basename(origin).replace(/\.ts$/, '.js')] = basename(output)
  }
  return manifest
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAssets()
