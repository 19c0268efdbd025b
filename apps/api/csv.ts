// Cells of CSV (RFC 4180) that people open in a spreadsheet. Which rows and columns is each file's own; EV-ChART has rules of its own (libs/domain/ev-chart).
import type { FieldError } from './problem.js';

/** Why a new station may not go by such an id (ADR 0132); empty = it may. In files that others match ids in, nothing can be put before it. */
export const formulaId = (stationId: string): readonly FieldError[] =>
  /^[=+@-]/.test(stationId)
    ? [{ path: 'stationId', message: 'must begin with none of = + @ -: a spreadsheet would calculate with it in files of reports' }]
    : [];

/** Quoted. A spreadsheet would take a text that begins so for a formula. */
export const csvText = (text: string): string => `"${(/^[=+@\t\r\n-]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
