// The language the page speaks, for every component below it; remembered where the browser lets us.
// The words themselves are messages.ts, their form is format.ts.
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { preferredLanguage, type Words, wordsOf } from './format.js';
import type { Language } from './messages.js';

const KEY = 'joulestream.language';

const Context = createContext<{ words: Words; choose: (language: Language) => void }>({ words: wordsOf('en'), choose: () => undefined });

export const useWords = (): Words => useContext(Context).words;
export const useLanguageChoice = () => useContext(Context).choose;

export function LanguageProvider({ children }: { children: ComponentChildren }) {
  const [words, setWords] = useState(() => wordsOf(preferredLanguage(remembered(), navigator.languages)));
  useEffect(() => {
    document.documentElement.lang = words.language;
  }, [words.language]);
  const choose = (language: Language) => {
    remember(language);
    setWords(wordsOf(language));
  };
  return <Context.Provider value={{ words, choose }}>{children}</Context.Provider>;
}

/** Storage may be forbidden (private windows, policies); the choice then lasts as long as the page. */
function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
