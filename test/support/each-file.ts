import t from 'tap'

/**
 * Runs compiled test files, each in a process of its own, and writes their TAP, as `tap run` does. That one however starts
 * node with loaders, for coverage and for mocks, which nothing here needs and which take as long as most files' tests.
 */

/** Three times what the longest takes on two busy processors: only what is stuck ends here. */
const SECONDS = 400

t.jobs = 3
t.setTimeout(0) // each file has its own
for (const file of process.argv.slice(2)) {
  // tap sets NODE_OPTIONS to one of those loaders; `env` takes it away again.
  const args = [
    `NODE_OPTIONS=${process.env['NODE_OPTIONS'] ?? ''}`,
    process.execPath,
    '--enable-source-maps',
    file,
  ]
  void t.spawn('env', args, {
    name: file.replace(/^\.test-build\/(.*)\.js$/, '$1.ts'),
    env: { ...process.env, TAP_TIMEOUT: String(SECONDS) },
    timeout: SECONDS * 1000,
    buffered: true,
  })
}
