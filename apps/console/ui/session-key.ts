// Where the API key lives while the page is open: this tab's session storage, or only memory where that is forbidden.
// Asking for a key is sign-in.tsx; sending it is api/http-api.ts.

const KEY = 'joulestream.apiKey';
let inMemory: string | null = null;
let offered: string | null = null;
let csrfToken: string | null = null;

export function currentKey(): string | null {
  try {
    return sessionStorage.getItem(KEY) ?? inMemory;
  } catch (error) {
    if (error instanceof DOMException) return inMemory;
    throw error;
  }
}

/** `offered`: the server handed it out by itself, so forgetting it would be pointless. null forgets it. */
export function keepKey(key: string | null, origin: 'typed' | 'offered'): void {
  inMemory = key;
  offered = origin === 'offered' ? key : null;
  try {
    if (key === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, key);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** The token of a session that the browser holds in a cookie; null without one. A reload asks for it again. */
export const currentCsrfToken = (): string | null => csrfToken;
export const keepCsrfToken = (token: string | null): void => {
  csrfToken = token;
};

/** Whether someone typed the key that is in use; a reload forgets that the server offered it. */
export const isTyped = (): boolean => currentKey() !== null && currentKey() !== offered;
