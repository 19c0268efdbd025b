// What the owner of a site tells the owner of a limit it shares with others: what it needs, and which of its shares it keeps to.
// Told when it changes; without such a limit nothing is told.
import { NETWORK_STREAM, type SiteNeedsReported } from '#contracts';
import { type PlanInput, type SitePlan, siteNeeds } from '#domain/load-balancing';
import type { Output } from '#service';
import type { SiteState } from './state.js';

export function needsReports(state: SiteState, view: PlanInput, plan: SitePlan): readonly Output[] {
  // A share is kept to once nothing that was promised is above what is allowed at the grid connection, now or at an announced change.
  const isSettled = !plan.overloaded.has(0);
  const shares = state.gridLimits.flatMap(({ source, shareSeq }) => (shareSeq === undefined ? [] : [{ source, shareSeq, isSettled }]));
  if (shares.length === 0) return [];
  const data: SiteNeedsReported = { siteId: state.siteId, ...siteNeeds(view, state.config?.voltageV ?? 230), shares };
  if (JSON.stringify(data) === JSON.stringify(state.needsTold)) return [];
  return [{ topic: 'site-events', type: 'SiteNeedsReported', siteId: NETWORK_STREAM, data }];
}
