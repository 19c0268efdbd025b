// Limits that utilities write to the log instead of calling `POST /v1/grid/limits`, in any order of tenants. Nothing is folded from them: what was taken is in site-events.
// What became of each is in grid-limit-outcomes.

/** The body of `POST /v1/grid/limits`, whose description says what it means and refuses. Producer: whoever may write here. */
export interface GridLimitAsked {
  readonly siteIds: readonly string[];
  readonly nodeId?: string;
  readonly perSite?: boolean;
  readonly direction?: 'import' | 'export';
  readonly schedule: readonly { readonly startsAt: string; readonly limitA?: unknown; readonly limitW?: number }[];
  readonly expiresAt: string;
  readonly fallback?: { readonly limitA?: unknown; readonly limitW?: number };
  readonly source: string;
}
/** The limit that the header `ce_id` names is withdrawn, its fallback too: `DELETE /v1/grid/limits/{limitId}`, with its query. Producer: whoever may write here. */
export interface GridLimitWithdrawalAsked {
  readonly withdrawn: true;
  readonly siteId?: string;
  readonly nodeId?: string;
  readonly source?: string;
}

export interface GridLimitData {
  GridLimitAsked: GridLimitAsked;
  GridLimitWithdrawalAsked: GridLimitWithdrawalAsked;
}
