// Sites, stations and tokens from a table: checked first, line by line, and written when every line can be.
// What a line has to be is the api's.
import { useState } from 'preact/hooks';
import { EXAMPLES, IMPORTS, type Import, type ImportRow, importTable } from '../../api/import-shapes.js';
import { Table } from '../../ui/table.js';
import { useWords } from '../../words/language.js';
import { CopyBlock } from '../connect/copy-block.js';
import type { PageProps } from '../index.js';

export function ImportPage({ live }: Pick<PageProps, 'live'>) {
  const { t, count } = useWords();
  const [what, setWhat] = useState<Import>('stations');
  const [csv, setCsv] = useState('');
  const [rows, setRows] = useState<readonly ImportRow[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** What was checked is not what is there any more. */
  const changed = (work: () => void) => {
    work();
    setRows(null);
    setProblem(null);
  };
  const run = async (isDry: boolean) => {
    setBusy(true);
    setProblem(null);
    try {
      setRows(await importTable(live.ask, what, csv, isDry));
    } catch (error) {
      setRows(null);
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const isReady = rows !== null && rows.length > 0 && rows.every(({ outcome }) => outcome === 'valid');
  return (
    <div class="live">
      <section class="card" aria-labelledby="import">
        <h1 id="import">{t('import.title')}</h1>
        <p class="muted">{t('import.text')}</p>
        <form
          class="simulator"
          onSubmit={(event) => {
            event.preventDefault();
            void run(true);
          }}
        >
          <label>
            {t('import.what')}
            <select value={what} onChange={(event) => changed(() => setWhat(event.currentTarget.value as Import))}>
              {IMPORTS.map((each) => (
                <option key={each} value={each}>
                  {t(`import.${each}`)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('import.file')}
            <input
              type="file"
              accept=".csv,text/csv"
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                if (file !== undefined) void file.text().then((text) => changed(() => setCsv(text)));
              }}
            />
          </label>
          <label class="simulator-end">
            {t('import.paste')}
            <textarea
              class="table-text"
              rows={6}
              spellcheck={false}
              value={csv}
              onInput={(event) => changed(() => setCsv(event.currentTarget.value))}
            />
          </label>
          <p class="simulator-end">
            <button type="submit" disabled={isBusy || csv.trim() === ''}>
              {t('import.check')}
            </button>{' '}
            {isReady && (
              <button type="button" class="primary" disabled={isBusy} onClick={() => void run(false)}>
                {t('import.write', { count: count(rows.length) })}
              </button>
            )}
          </p>
        </form>
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <p class="muted">{t('import.example')}</p>
        <CopyBlock text={EXAMPLES[what]} />
      </section>
      {rows !== null && <Rows rows={rows} />}
    </div>
  );
}

function Rows({ rows }: { rows: readonly ImportRow[] }) {
  const { t } = useWords();
  const hasPasswords = rows.some(({ password }) => password !== null);
  return (
    <Table
      id="import-rows"
      title={t('import.lines')}
      none="–"
      columns={[t('import.key'), t('import.line'), t('import.outcome'), t(hasPasswords ? 'import.password' : 'import.why')]}
      rows={rows.map(({ line, key, outcome, errors, password }) => ({
        key: String(line),
        isBad: outcome === 'refused' || outcome === 'failed',
        cells: [
          key,
          String(line),
          t(`import.${outcome}`),
          errors.length > 0 ? (
            errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
          ) : password === null ? (
            '–'
          ) : (
            <code class="record">{password}</code>
          ),
        ],
      }))}
    />
  );
}
