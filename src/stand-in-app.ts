/** What a stand-in for X knows the app as. */
export const SANDBOX_APP = { clientId: 'sandbox', clientSecret: 'sandbox-secret' }

/** The time machine makes weeks pass in seconds, which X's limits of 15 minutes were not made for. */
export const UNHURRIED = {
  'POST /2/tweets': 100_000,
  'GET /2/users/:id/tweets': 100_000,
  'GET /2/users/:id/mentions': 100_000,
  'GET /2/tweets/search/recent': 100_000,
  'GET /2/tweets': 100_000,
  'GET /2/users/me': 100_000,
}
