// A field that narrows what a page shows while somebody types.
import { useWords } from '../words/language.js';

export function Search({ value, onSeek, hint }: { value: string; onSeek: (text: string) => void; hint: string }) {
  const { t } = useWords();
  return (
    <input
      type="search"
      class="seek"
      aria-label={t('table.search')}
      placeholder={hint}
      value={value}
      onInput={(event) => onSeek(event.currentTarget.value)}
    />
  );
}
