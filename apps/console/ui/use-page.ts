// The page that belongs to an address: its file is asked for when it is first wanted, and those of the others once the first one stands, so that going on
// to them waits for nothing and works offline.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { PAGES, type Page, type PageProps } from '../pages/index.js';

type View = ComponentType<PageProps>;
const OTHERS_AFTER_MS = 3_000;
const AGAIN_AFTER_MS = 5_000;
const loaded = new Map<string, View>();

async function load(page: Page): Promise<View> {
  const view = loaded.get(page.name) ?? (await page.load());
  loaded.set(page.name, view);
  return view;
}

export interface Loaded {
  /** null: not there yet. */
  readonly View: View | null;
  readonly problem: string | null;
  readonly again: () => void;
}

export function usePage(page: Page | undefined): Loaded {
  const [told, setTold] = useState<{ readonly name: string; readonly problem: string | null } | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (page === undefined) return undefined;
    let isWanted = true;
    let next: ReturnType<typeof setTimeout> | undefined;
    const tell = (problem: string | null) => isWanted && setTold({ name: page.name, problem });
    load(page).then(
      () => {
        tell(null);
        if (isWanted) next = setTimeout(() => void Promise.allSettled(PAGES.map(load)), OTHERS_AFTER_MS);
      },
      (error: unknown) => {
        tell(error instanceof Error ? error.message : String(error));
        if (isWanted) next = setTimeout(() => setRound((before) => before + 1), AGAIN_AFTER_MS);
      },
    );
    return () => {
      isWanted = false;
      clearTimeout(next);
    };
  }, [page, round]);
  return {
    View: (page !== undefined && loaded.get(page.name)) || null,
    problem: told !== null && told.name === page?.name ? told.problem : null,
    again: () => setRound((before) => before + 1),
  };
}
