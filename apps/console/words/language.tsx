// The language the page speaks, for every component below it; remembered where the browser lets us.
// The words themselves are messages.ts, their form is format.ts.
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { preferredLanguage, type Words, wordsOf } from './format.js';
import type { Language } from './messages.js';

const KEY = 'joulestream.language';

interface Choice {
  readonly words: Words;
  readonly choose: (language: Language) => void;
}
const Context = createContext<Choice | null>(null);

function useChoice(): Choice {
  const choice = useContext(Context);
  if (choice === null) throw new Error('There is no LanguageProvider above');
  return choice;
}
export const useWords = (): Words => useChoice().words;
export const useLanguageChoice = () => useChoice().choose;

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
