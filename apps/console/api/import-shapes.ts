// What a table would come to, and came to, as the api tells it line by line.
// Showing it is pages/import.
import type { Ask } from './http-api.js';
import { listOf, numberOrNull, type Row, rowOf, text, textOrNull } from './loose-json.js';

export const IMPORTS = ['sites', 'stations', 'id-tokens'] as const;
export type Import = (typeof IMPORTS)[number];
export const OUTCOMES = ['valid', 'refused', 'done', 'failed'] as const;

/** A head that the api takes, and a line. */
export const EXAMPLES: Readonly<Record<Import, string>> = {
  sites: 'siteId,name,timeZone,root.nodeId,root.limitA,root.unmanagedMaxA,root.phases\ndepot,Depot,Europe/Berlin,grid,100,0,3',
  stations:
    'stationId,siteId,nodeId,securityProfile,evses.0.evseId,evses.0.phases,evses.0.minA,evses.0.maxA,evses.0.safeA\nCP-1,depot,grid,1,1,3,6,32,0',
  'id-tokens': 'type,idToken,status,expiresAt\nISO14443,04A1B2C3,Accepted,',
};

export interface ImportRow {
  readonly line: number;
  readonly key: string;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  readonly password: string | null;
}

export async function importTable(ask: Ask, what: Import, csv: string, isDry: boolean): Promise<readonly ImportRow[]> {
  const { rows } = rowOf(await ask.postTable(`/v1/imports/${what}${isDry ? '?dryRun=true' : ''}`, csv));
  return listOf(rows).map(rowOf).map(importRow);
}

const importRow = (row: Row): ImportRow => ({
  line: numberOrNull(row.line) ?? 0,
  key: text(row.key),
  outcome: OUTCOMES.find((each) => each === row.outcome) ?? 'failed',
  errors: listOf(row.errors)
    .map(rowOf)
    .map(({ path, message }) => ({ path: text(path), message: text(message) })),
  password: textOrNull(row.password),
});
