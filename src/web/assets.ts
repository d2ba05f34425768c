import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Assets {
  /** The address of a built file, `/assets/desk-ABC123.css` for `desk.css`. @throws RangeError for an unknown name. */
  path(name: string): string
}

/** Reads what `npm run build` wrote into `dir`. */
export function loadAssets(dir: string): Assets {
  const manifest = new Map(
    Object.entries(JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as Record<string, string>),
  )
  return {
    path(name) {
      const built = manifest.get(name)
      if (!built) throw new RangeError(`There is no asset called "${name}". Run "npm run build".`)
      return `/assets/${built}`
    },
  }
}
