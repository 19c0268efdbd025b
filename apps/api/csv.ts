// Cells of CSV (RFC 4180) that people open in a spreadsheet. Which rows and columns is each file's own; EV-ChART has rules of its own (libs/domain/ev-chart).

/** Quoted. A spreadsheet would take a text that begins so for a formula. */
export const csvText = (text: string): string => `"${(/^[=+@\t\r\n-]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
