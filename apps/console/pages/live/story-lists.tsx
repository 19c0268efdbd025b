// What the marks and shaded spans of a chart say, to be read without pointing: what was above a limit, and which limits changed and why.
// The sentences are words/reasons.ts.
import { useState } from 'preact/hooks';
import type { ChangeMark, ToldViolation } from '../../model/site-story.js';
import { useWords } from '../../words/language.js';
import { markSentence, violationSentence } from '../../words/reasons.js';

interface Props {
  /** Oldest first. */
  readonly marks: readonly ChangeMark[];
  readonly violations: readonly ToldViolation[];
  readonly timeZone: string;
}

const ROWS = 20;

export function StoryLists({ marks, violations, timeZone }: Props) {
  const words = useWords();
  const { t, time } = words;
  const [open, setOpen] = useState(false);
  return (
    <>
      {violations.length > 0 && (
        <section class="above-list" aria-label={t('chart.violations')}>
          <h3 class="problem">▲ {t('chart.violations')}</h3>
          <ul>
            {violations.slice(0, 5).map((violation) => (
              <li key={`${violation.nodeId} ${violation.phase} ${violation.sinceMs}`}>
                <span class="muted">{time(violation.sinceMs, timeZone, true)}</span> {violationSentence(violation, words)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <details class="load-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {t('chart.marks')} ({words.count(marks.length)})
        </summary>
        {open && marks.length === 0 && <p class="muted">{t('chart.marksNone')}</p>}
        {open && (
          <ul class="changes">
            {marks
              .toReversed()
              .slice(0, ROWS)
              .map((mark) => (
                <li key={mark.atMs}>
                  <span class="muted">{time(mark.atMs, timeZone, true)}</span> {markSentence(mark, words)}
                </li>
              ))}
          </ul>
        )}
      </details>
    </>
  );
}
