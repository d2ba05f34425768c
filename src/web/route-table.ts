import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route there is, as `GET /drafts/:id`: for the test that holds each of them against each role. */
    routeTable: string[]
  }
}

/** Call it before the first route is registered. */
export function registerRouteTable(app: FastifyInstance): void {
  app.decorate('routeTable', [])
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) if (one !== 'HEAD') app.routeTable.push(`${one} ${url}`)
  })
}
