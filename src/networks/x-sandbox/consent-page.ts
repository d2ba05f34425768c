import type { ConsentRequest } from './oauth.ts'
import type { StandInUser } from './users.ts'

/** The page on which an account lets the app act for it. It says that it is not X. */
export function consentPage(asked: ConsentRequest, accounts: StandInUser[]): string {
  const hidden = Object.entries(asked)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join('\n')
  const buttons = accounts
    .map(
      (account) =>
        `<button name="user" value="${account.id}">Authorise app as @${escapeHtml(account.handle)}</button>`,
    )
    .join('\n')
  const scopes = asked.scope.split(' ').map((scope) => `<li>${escapeHtml(scope)}</li>`)
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Authorise an app – stand-in for X</title>
<link rel="icon" href="data:,">
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
button { font: inherit; display: block; padding: .6rem 1.2rem; margin: .8rem 0; cursor: pointer; }
</style>
</head>
<body>
<main>
<p>This is a stand-in for X on this machine. Nothing here reaches X.</p>
<h1>An app wants to use your account</h1>
<p>It asks for:</p>
<ul>${scopes.join('')}</ul>
<form method="post" action="/i/oauth2/authorize">
${hidden}
${buttons || '<p>There is no account here yet.</p>'}
<button name="user" value="">Cancel</button>
</form>
</main>
</body>
</html>
`
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
