import { once } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

/**
 * Runs several compiled test files in this process, one after the other, and says in comments where each begins and ends.
 * Loading the app, and node's learning what of it is used most, takes as long as most files' tests: here it is done once.
 * Their names come in TEST_FILES, with commas: of arguments tap makes the names of its folders, which may be only so long.
 */
for (const file of (process.env['TEST_FILES'] ?? '').split(',')) {
  const name = file.replace(/^\.test-build\/(.*)\.js$/, '$1.ts')
  const began = performance.now()
  t.comment(`begins ${name}`)
  try {
    await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    t.error(error, `${name} can be loaded`)
  }
  while (!t.idle) await once(t, 'idle')
  t.comment(`ends ${name} (${Math.round(performance.now() - began)} ms)`)
}
