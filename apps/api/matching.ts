// If-Match on whatever is configured and has no version of its own: the tag is of its content, as GET of the same path shows it, and a change under another tag is refused.
// What has a version (sites and stations by their owner, tariffs, tokens) checks it itself; where nothing can be looked at, If-Match is refused rather than passed over.
import type { Answer, Call, Route } from './http.js';
import { badRequest, Problem } from './problem.js';
import { etagOf, requireMatch } from './versions.js';

type AnyCall = Call<never, never, never>;

/** What of an answer is configured, and not how it goes at the moment. */
const contentOf = ({ configured }: Route, body: unknown): unknown =>
  configured === undefined ? body : configured.map((name) => (body as Readonly<Record<string, unknown>>)[name] ?? null);

export function withTags(routes: readonly Route[]): readonly Route[] {
  const readers = new Map(routes.filter(({ method }) => method === 'get').map((each) => [each.path, each]));
  const isOwn = new Set(routes.filter(({ isVersioned }) => isVersioned).map(({ path }) => path));
  const changes = routes.filter(({ method }) => method === 'put' || method === 'delete');
  const tagged = new Set(changes.map(({ path }) => path).filter((path) => readers.has(path) && !isOwn.has(path)));
  return routes.map((route) => {
    if (route.isVersioned) return route;
    const reader = readers.get(route.path);
    if (reader !== undefined && tagged.has(route.path)) return route.method === 'get' ? reading(route) : changing(route, reader);
    return changes.includes(route) ? unmatched(route) : route;
  });
}

const withTag = (reader: Route, answer: Answer, body: unknown): Answer => ({
  ...answer,
  headers: { ...answer.headers, etag: etagOf(contentOf(reader, body)) },
});

function reading(route: Route): Route {
  return {
    ...route,
    async handle(call) {
      const answer = await route.handle(call);
      return typeof answer === 'function' ? answer : withTag(route, answer, answer.body);
    },
  };
}

function changing(route: Route, reader: Route): Route {
  const present = async (call: AnyCall): Promise<unknown> => {
    try {
      const answer = await reader.handle({ ...call, query: reader.query.parse({}) as never, body: undefined as never });
      return typeof answer === 'function' ? undefined : answer.body;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return undefined;
      throw error;
    }
  };
  return {
    ...route,
    answers: { ...route.answers, 412: 'changed meanwhile' },
    async handle(call) {
      const before = call.headers['if-match'] === undefined ? undefined : await present(call);
      requireMatch(call, before === undefined ? undefined : contentOf(reader, before));
      const answer = await route.handle(call);
      if (route.method === 'delete' || typeof answer === 'function') return answer;
      const after = await present(call);
      return after === undefined ? answer : withTag(reader, answer, after);
    },
  };
}

function unmatched(route: Route): Route {
  return {
    ...route,
    async handle(call) {
      if (call.headers['if-match'] !== undefined)
        throw badRequest('If-Match: nothing of it can be compared here', [{ path: 'If-Match', message: 'not here' }]);
      return route.handle(call);
    },
  };
}
