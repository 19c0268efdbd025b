// Phase names as stations write them, and one name for each meaning.
// Adding phases up is done in power-reading.ts.

/** L1-N of a current or a power is the current or power of L1; L1 of a voltage is its voltage to neutral. */
export function canonicalPhase(measurand: string, phase: string | undefined): string | undefined {
  const name = phase?.trim().toUpperCase().replace('_', '-');
  if (name === undefined || name === '') return undefined;
  if (measurand.startsWith('Voltage')) return /^L[123]$/.test(name) ? `${name}-N` : name;
  const line = /^(L[123])-N$/.exec(name);
  return line?.[1] ?? name;
}
