// A list a page at a time, newest first: the newest page is read again now and then, older ones when asked for.
// What is read, and how a line of it looks, is the page's.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Page } from '../api/http-api.js';
import { useWords } from '../words/language.js';
import { Table } from './table.js';
import { useRead } from './use-read.js';

const EVERY_MS = 60_000;

interface PagedProps<T> {
  readonly id: string;
  readonly title: string;
  readonly none: string;
  /** Null where the key may not see them: then there is nothing to show. */
  readonly read: (cursor: string | null) => Promise<Page<T> | null>;
  readonly keyOf: (item: T) => string;
  readonly columns: readonly string[];
  readonly numbersFrom?: number;
  readonly cells: (item: T) => readonly ComponentChildren[];
  readonly isBad?: (item: T) => boolean;
  readonly everyMs?: number;
}

export function Paged<T>({
  id,
  title,
  none,
  read,
  keyOf,
  columns,
  numbersFrom,
  cells,
  isBad = () => false,
  everyMs = EVERY_MS,
}: PagedProps<T>) {
  const { t } = useWords();
  const [older, setOlder] = useState<Page<T> | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const { told, problem } = useRead<{ readonly page: Page<T> | null }>(async () => ({ page: await read(null) }), everyMs, []);
  if (told?.page === null) return null;
  const known = new Set(told?.page.items.map(keyOf));
  const shown = [...(told?.page.items ?? []), ...(older?.items ?? []).filter((item) => !known.has(keyOf(item)))];
  const cursor = (older ?? told?.page)?.nextCursor ?? null;
  const readOlder = async () => {
    try {
      const page = await read(cursor);
      setFailed(null);
      if (page !== null) setOlder({ items: [...shown, ...page.items], nextCursor: page.nextCursor });
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section class="card sessions" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {(told !== null || problem === null) && (
        <Table
          id={`${id}-rows`}
          none={told === null ? t('state.loading') : none}
          columns={columns}
          {...(numbersFrom !== undefined && { numbersFrom })}
          rows={shown.map((item) => ({ key: keyOf(item), isBad: isBad(item), cells: cells(item) }))}
        />
      )}
      {failed !== null && <p class="warning">{failed}</p>}
      {cursor !== null && (
        <button type="button" class="older" onClick={() => void readOlder()}>
          {t('revenue.older')}
        </button>
      )}
    </section>
  );
}
