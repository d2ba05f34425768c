/** The page at the top of a folder with sites: it leads to the only one, or lists them. */
export function doorPage(accounts: readonly { handle: string; name: string }[]): string {
  const [only] = accounts
  const onward =
    only && accounts.length === 1
      ? `\n<meta http-equiv="refresh" content="0; url=@${only.handle}/index.html">`
      : ''
  const lines = accounts.map(
    ({ handle, name }) => `<li><a href="@${handle}/index.html">${escaped(name)}, @${handle}</a></li>\n`,
  )
  return `<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">${onward}
<title>My Working Week</title>
<main>
<h1>A different working week, every week</h1>
<ul>
${lines.join('')}</ul>
</main>
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
