// Phase names as stations write them, and one name for each meaning.
// Adding phases up is done in power-reading.ts.

/** L1-N of a current or a power is the current or power of L1; L1 of a voltage is its voltage to neutral. */
export function canonicalPhase(measurand: string, phase: string | undefined): string | undefined {
  if (phase === undefined) return undefined;
  const isVoltage = measurand.startsWith('Voltage');
  return (isVoltage ? OF_VOLTAGES : OF_OTHERS).get(phase) ?? read(isVoltage, phase);
}

function read(isVoltage: boolean, phase: string): string | undefined {
  const name = phase.trim().toUpperCase().replace('_', '-');
  if (name === '') return undefined;
  if (isVoltage) return /^L[123]$/.test(name) ? `${name}-N` : name;
  const line = /^(L[123])-N$/.exec(name);
  return line?.[1] ?? name;
}

/** As the specifications spell them: nearly all there are. */
const OFFICIAL = ['L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1'];
const OF_VOLTAGES = new Map(OFFICIAL.map((phase) => [phase, read(true, phase)]));
const OF_OTHERS = new Map(OFFICIAL.map((phase) => [phase, read(false, phase)]));
