// Who changed what over the interface, the latest first, with what it was before; and whether the chain of entries is whole. The choice is in the address.
// What is recorded, and what never is, is the api's.
import { useState } from 'preact/hooks';
import { type AuditQuery, type AuditRow, OUTCOMES, readAudit, readChain } from '../../api/audit-shapes.js';
import { Paged } from '../../ui/paged.js';
import { addressOf } from '../../ui/router.js';
import { useRead } from '../../ui/use-read.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';

const EVERY_MS = 10_000;
/** A walk over the whole chain. */
const VERIFIED_EVERY_MS = 300_000;
/** Stands for "every" in an address, which has no empty parts. */
const EVERY = '-';
const SHOWN_DIFFERENCES = 8;

export function AuditPage({ live, rest: [outcome, subject = ''] }: PageProps) {
  const { t } = useWords();
  const query: AuditQuery = { outcome: OUTCOMES.find((each) => each === outcome) ?? null, subject };
  const [isAllowed, setAllowed] = useState(true);
  const isFiltered = query.outcome !== null || subject !== '';
  return (
    <div class="live">
      <header class="page-head">
        <h1>{t('nav.audit')}</h1>
        <Choices query={query} />
      </header>
      {isAllowed ? <Chain live={live} /> : <p class="card muted">{t('audit.forbidden')}</p>}
      <Paged<AuditRow>
        key={`${query.outcome} ${subject}`}
        id="changes"
        title={t('audit.title')}
        none={t(isFiltered ? 'audit.noneFound' : 'audit.none')}
        everyMs={EVERY_MS}
        read={async (cursor) => {
          const page = await readAudit(live.ask, query, cursor);
          setAllowed(page !== null);
          return page;
        }}
        keyOf={({ seq }) => String(seq)}
        isBad={(row) => row.outcome === 'failed'}
        columns={[t('audit.what'), t('audit.at'), t('audit.who'), t('audit.outcome'), t('audit.changed')]}
        cells={(row) => [
          <code class="record">{row.what}</code>,
          <When row={row} />,
          <Who row={row} />,
          <Ended row={row} />,
          <Changed row={row} />,
        ]}
      />
    </div>
  );
}

function Choices({ query: { outcome, subject } }: { query: AuditQuery }) {
  const { t } = useWords();
  const go = (change: Partial<AuditQuery>) => {
    const next = { outcome, subject, ...change };
    location.hash = addressOf('audit', next.outcome ?? EVERY, next.subject);
  };
  return (
    <search class="choices">
      <fieldset class="views" aria-label={t('audit.outcome')}>
        {([null, ...OUTCOMES] as const).map((each) => (
          <button type="button" key={each} aria-pressed={each === outcome} onClick={() => go({ outcome: each })}>
            {t(each === null ? 'filter.all' : `audit.${each}`)}
          </button>
        ))}
      </fieldset>
      <input
        type="search"
        aria-label={t('audit.search')}
        placeholder={t('audit.search')}
        value={subject}
        onChange={(event) => go({ subject: event.currentTarget.value.trim() })}
      />
    </search>
  );
}

function Chain({ live }: Pick<PageProps, 'live'>) {
  const { t, count } = useWords();
  const { told, problem } = useRead(() => readChain(live.ask), VERIFIED_EVERY_MS, [live]);
  if (told === null)
    return problem === null ? (
      <p class="card muted">{t('audit.checking')}</p>
    ) : (
      <p class="card warning">{t('audit.unchecked', { reason: problem })}</p>
    );
  const { head, brokenAt } = told;
  if (brokenAt !== null)
    return (
      <p class="card problem" role="alert">
        ▲ {t('audit.broken', { seq: count(brokenAt.seq), reason: t(`audit.${brokenAt.reason}`) })}
      </p>
    );
  return head === null ? null : <p class="card muted">✓ {t('audit.whole', { count: count(head.seq), hash: head.hash.slice(0, 16) })}</p>;
}

function When({ row: { atMs, seq } }: { row: AuditRow }) {
  const { moment } = useWords();
  return (
    <>
      {atMs === null ? '–' : `${moment(atMs)} UTC`}
      <span class="muted second">#{seq}</span>
    </>
  );
}

const Who = ({ row: { actor, role } }: { row: AuditRow }) => (
  <>
    {actor}
    <span class="muted second">{role}</span>
  </>
);

function Ended({ row: { outcome, problem } }: { row: AuditRow }) {
  const { t } = useWords();
  return (
    <>
      <span class={outcome === 'done' ? '' : 'warning'}>{t(`audit.${outcome}`)}</span>
      {problem !== null && <span class="muted second">{problem}</span>}
    </>
  );
}

function Changed({ row: { differences } }: { row: AuditRow }) {
  const { t } = useWords();
  if (differences.length === 0) return '–';
  const lines = differences.map(({ path, before, after }) => (
    <li key={path}>
      <code class="record">{path}</code>: <span class="visually-hidden">{t('audit.before')}</span> <del>{before ?? '–'}</del> →{' '}
      <span class="visually-hidden">{t('audit.after')}</span> <ins>{after ?? '–'}</ins>
    </li>
  ));
  if (lines.length <= SHOWN_DIFFERENCES) return <ul>{lines}</ul>;
  return (
    <details>
      <summary>{t('audit.fields', { count: lines.length })}</summary>
      <ul>{lines}</ul>
    </details>
  );
}
