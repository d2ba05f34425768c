/** An answer of X that is none of success, in the forms that X uses. */
export class Refusal extends Error {
  readonly status: number
  readonly body: object

  constructor(status: number, body: object) {
    super(`Refused with ${status}.`)
    this.status = status
    this.body = body
  }
}

/** The form of 401, 402, 403, 429 and 503: without an address that explains it. */
function plain(status: number, title: string, detail: string): Refusal {
  return new Refusal(status, { title, detail, type: 'about:blank', status })
}

export const unauthorised = () => plain(401, 'Unauthorized', 'Unauthorized')
export const forbidden = (detail: string) => plain(403, 'Forbidden', detail)
export const tooMany = () => plain(429, 'Too Many Requests', 'Too Many Requests')
export const unavailable = () => plain(503, 'Service Unavailable', 'Service Unavailable')
export const broken = () => plain(500, 'Internal Server Error', 'Internal Server Error')

export const duplicate = () => forbidden('You are not allowed to create a Tweet with duplicate content.')

export function tooLong(): Refusal {
  const detail =
    'Your Tweet text is too long. For more information on how Twitter determines text length see https://github.com/twitter/twitter-text.'
  return plain(400, 'Bad Request', detail)
}

export function outOfCredit(): Refusal {
  return new Refusal(402, {
    title: 'CreditsDepleted',
    detail: 'Your enrolled account does not have any credits to fulfill this request.',
    type: 'https://api.x.com/2/problems/credits',
  })
}

/** A request with something wrong in it, named by parameter. */
export function invalid(parameter: string, value: unknown, message: string): Refusal {
  return new Refusal(400, {
    errors: [{ parameters: { [parameter]: [String(value)] }, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: 'https://api.x.com/2/problems/invalid-request',
  })
}

/** How a post that is not there is told of beside those that are. */
export function notFound(parameter: string, value: string, resource: 'tweet' | 'user' | 'media') {
  return {
    value,
    detail: `Could not find ${resource} with ${parameter}: [${value}].`,
    title: 'Not Found Error',
    resource_type: resource,
    parameter,
    resource_id: value,
    type: 'https://api.x.com/2/problems/resource-not-found',
  }
}

/** The form in which the token addresses refuse (RFC 6749, section 5.2). */
export function refusedByOAuth(status: 400 | 401, error: string, error_description: string): Refusal {
  return new Refusal(status, { error, error_description })
}
