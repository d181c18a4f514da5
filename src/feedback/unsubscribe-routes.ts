// Where the HTTP door finds the unsubscribe page: one path for the look and for the change, whose query holds the language that was chosen.
import type { FeedbackPage } from './preferences-page.ts'
import type { UnsubscribeRequest } from './unsubscribe-page.ts'

/** A request as the door tells it. */
interface Visit {
  readonly method: string
  readonly labels: Readonly<Record<string, string | undefined>>
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

/** A route of the HTTP door. */
export interface UnsubscribeRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  handle(visit: Visit): Promise<FeedbackPage>
}

/** @param page from `unsubscribePage`. */
export function unsubscribeRoutes(page: (request: UnsubscribeRequest) => Promise<FeedbackPage>): readonly UnsubscribeRoute[] {
  return (['GET', 'POST'] as const).map((method) => ({
    method,
    path: '/unsubscribe/{token}',
    handle: (visit) =>
      page({
        method: visit.method,
        token: visit.labels.token ?? '',
        body: visit.body,
        language: visit.query.find(([name]) => name === 'lang')?.[1],
        acceptLanguage: visit.headers['accept-language'],
      }),
  }))
}
