// Which page an address means. Addresses are `#/name/rest…`, so any server that hands out the one file serves every page.
// The pages are listed in pages/index.ts; a link is a plain <a href="#/…">.
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  readonly page: string;
  readonly rest: readonly string[];
}

/** `#/sites/depot%20A` is page `sites` with rest `['depot A']`; anything without a page is the first page, ''. */
export function parseRoute(hash: string): Route {
  const [page = '', ...rest] = hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  return { page, rest };
}

export const addressOf = (page: string, ...rest: readonly string[]): string =>
  `#/${[page, ...rest]
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/')}`;

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    // Another page begins at its top, however far down the last one was.
    const changed = () => {
      setHash(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parseRoute(hash);
}

/** A hand-typed address may hold a lone percent sign: it is taken as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
