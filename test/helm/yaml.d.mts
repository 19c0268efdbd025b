// biome-ignore lint/suspicious/noExplicitAny: documents of every kind; specs say what they expect of them
export function loadAll(text: string): readonly any[];
// biome-ignore lint/suspicious/noExplicitAny: as above
export function load(text: string): any;
