import t from 'tap'

/**
 * Runs compiled test files, and writes their TAP, as `tap run` does: each in a process of its own, or where several are named
 * together, with commas, these in one. `tap run` however starts node with loaders, for coverage and for mocks, which nothing
 * here needs and which take as long as most files' tests.
 */

/** Three times what the longest takes on two busy processors: only what is stuck ends here. */
const SECONDS = 400

t.jobs = 3
t.setTimeout(0) // each file has its own
for (const together of process.argv.slice(2)) {
  const files = together.split(',')
  // tap sets NODE_OPTIONS to one of those loaders; `env` takes it away again.
  const args = [
    `NODE_OPTIONS=${process.env['NODE_OPTIONS'] ?? ''}`,
    process.execPath,
    '--enable-source-maps',
    // The first one gives it folders of its own.
    ...(files.length > 1 ? ['.test-build/test/support/several-files.js', files[0]!] : files),
  ]
  void t.spawn('env', args, {
    name: files.length > 1 ? `${files.length} files` : files[0]!.replace(/^\.test-build\/(.*)\.js$/, '$1.ts'),
    env: { ...process.env, TAP_TIMEOUT: String(SECONDS), TEST_FILES: together },
    timeout: SECONDS * 1000,
    buffered: true,
  })
}
