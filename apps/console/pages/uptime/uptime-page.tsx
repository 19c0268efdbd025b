// Uptime: `#/uptime/<rules>/<month>/<over>` lists ports against what the rules demand and their outages to judge; with `/<station>/<evse>` behind it,
// everything behind one figure. What is chosen is in the address, so it can be sent to somebody. Figures are the api's; times are UTC.

import { OVERS, RULE_SETS, type UptimeQuery } from '../../api/uptime-shapes.js';
import { monthOf, monthsBefore, portLines } from '../../model/uptime-view.js';
import { useRead } from '../../ui/use-read.js';
import { useStore } from '../../ui/use-store.js';
import { Loading, Unreadable } from '../../ui/whole-page-states.js';
import { useWords } from '../../words/language.js';
import type { PageProps } from '../index.js';
import { Choices } from './choices.js';
import { Explanation } from './explanation.js';
import { Filing } from './filing.js';
import { OutageList } from './outage-list.js';
import { PortTable } from './port-table.js';
import { Summary } from './summary.js';

const EVERY_MS = 300_000;
const MONTHS = 25;

export function UptimePage({ live, rest: [rules, month, over, stationId, evseId] }: PageProps) {
  const months = monthsBefore(live.nowMs(), MONTHS);
  const query: UptimeQuery = {
    rules: RULE_SETS.find((each) => each === rules) ?? 'nevi',
    month: /^20\d\d-(0[1-9]|1[0-2])$/.test(month ?? '') && month !== undefined ? month : monthOf(live.nowMs()),
    over: OVERS.find((each) => each === over) ?? 'rules',
  };
  if (stationId !== undefined && evseId !== undefined)
    return <Explanation live={live} query={query} stationId={stationId} evseId={evseId} />;
  return <Overview live={live} query={query} months={months} />;
}

function Overview({ live, query, months }: Pick<PageProps, 'live'> & { query: UptimeQuery; months: readonly string[] }) {
  const { t, month: monthName } = useWords();
  const { rules, month, over } = query;
  const { sites } = useStore(live.network);
  const { told, problem, readAgain } = useRead(async () => ({ uptime: await live.uptime(query) }), EVERY_MS, [live, rules, month, over]);
  const uptime = told?.uptime ?? null;
  return (
    <div class="uptime">
      <Choices query={query} months={months} report={uptime?.report ?? null} />
      {told === null && (problem === null ? <Loading /> : <Unreadable reason={problem} onRetry={readAgain} />)}
      {told !== null && problem !== null && <p class="warning">{t('feed.reason', { reason: problem })}</p>}
      {told !== null && uptime === null && (
        <section class="card notice">
          <h2>{t('uptime.none', { month: monthName(month) })}</h2>
          <p class="muted">{t('uptime.noneHint')}</p>
        </section>
      )}
      {uptime !== null && (
        <>
          <Summary report={uptime.report} outages={uptime.outages} />
          <PortTable query={query} report={uptime.report} lines={portLines(uptime.report, uptime.outages)} sites={sites} />
          <OutageList live={live} report={uptime.report} outages={uptime.outages} onJudged={readAgain} />
          {rules === 'nevi' && <Filing key={month} live={live} month={month} />}
        </>
      )}
    </div>
  );
}
