// Whether what is configured of a station and its EVSEs can be, whichever site they belong to.
// How it fits into the tree of its site is check-site's.
import { duplicates, isAmount, refuseUnless } from './refusals.js';
import { type EvseConfig, LEAST_AC_A, type Refusal, type StationConfig } from './site-model.js';

export function checkStation({ stationId, maxA, evses }: StationConfig): readonly Refusal[] {
  const isAc = evses.some(({ powerType }) => powerType !== 'DC');
  return [
    ...refuseUnless(isAmount(maxA), `${stationId}.maxA`, 'must be zero or more'),
    ...refuseUnless(
      maxA === undefined || !isAc || maxA === 0 || maxA >= LEAST_AC_A,
      `${stationId}.maxA`,
      `must be 0 or at least ${LEAST_AC_A} A: nothing between can be told to a car on AC`,
    ),
    ...refuseUnless(evses.length > 0, `${stationId}.evses`, 'must list at least one EVSE'),
    ...duplicates(evses.map((evse) => evse.evseId)).map((id) => ({ path: `${stationId}.evses`, message: `EVSE ${id} is listed twice` })),
    ...checkConnectors(stationId, evses),
    ...evses.flatMap((evse) => checkEvse(`${stationId}.evses.${evse.evseId}`, evse)),
  ];
}

function checkEvse(path: string, evse: EvseConfig): readonly Refusal[] {
  const { evseId, powerType = 'AC', minA, maxA, safeA, levelsA, efficiency } = evse;
  return [
    ...refuseUnless(Number.isInteger(evseId) && evseId > 0, `${path}.evseId`, 'must be a whole number from 1'),
    ...checkRange(path, minA, maxA),
    ...refuseUnless(
      powerType === 'DC' || minA >= LEAST_AC_A,
      `${path}.minA`,
      `must be at least ${LEAST_AC_A} A: nothing below can be told to a car on AC`,
    ),
    ...refuseUnless(safeA === 0 || (safeA >= minA && isAmount(safeA)), `${path}.safeA`, 'must be 0 or at least minA'),
    ...refuseUnless(
      powerType === 'DC' || safeA === 0 || safeA >= LEAST_AC_A,
      `${path}.safeA`,
      `must be 0 or at least ${LEAST_AC_A} A: nothing between can be told to a car on AC`,
    ),
    ...refuseUnless(safeA <= maxA, `${path}.safeA`, 'must not exceed maxA'),
    ...checkLevels(path, levelsA, minA, maxA),
    ...refuseUnless(levelsA?.includes(0) ?? true, `${path}.levelsA`, 'must include 0: an EVSE that cannot be paused cannot be steered'),
    ...refuseUnless(levelsA === undefined || safeA === 0 || levelsA.includes(safeA), `${path}.safeA`, 'must be one of levelsA'),
    ...refuseUnless(efficiency === undefined || (efficiency > 0 && efficiency <= 1), `${path}.efficiency`, 'must lie in (0, 1]'),
  ];
}

/** 1.6 numbers connectors through the station: one that two EVSEs claim would hide its current from one of them. */
function checkConnectors(stationId: string, evses: readonly EvseConfig[]): readonly Refusal[] {
  const listed = evses.flatMap(({ connectors }) => (Array.isArray(connectors) ? connectors.map(({ connectorId }) => connectorId) : []));
  return duplicates(listed).map((id) => {
    const owners = evses.filter(
      ({ connectors }) => Array.isArray(connectors) && connectors.some(({ connectorId }) => `${connectorId}` === id),
    );
    return { path: `${stationId}.evses.${owners.at(-1)?.evseId}.connectors`, message: `connector ${id} is listed twice` };
  });
}

export const checkRange = (path: string, minA: number, maxA: number): readonly Refusal[] => [
  ...refuseUnless(isAmount(minA), `${path}.minA`, 'must be zero or more'),
  ...refuseUnless(isAmount(maxA) && maxA >= minA, `${path}.maxA`, 'must be at least minA'),
];

export function checkLevels(path: string, levelsA: readonly number[] | undefined, minA: number, maxA: number): readonly Refusal[] {
  if (levelsA === undefined) return [];
  return [
    ...refuseUnless(levelsA.every(isAmount), `${path}.levelsA`, 'must be zero or more'),
    ...refuseUnless(
      levelsA.some((level) => level > 0 && level >= minA && level <= maxA),
      `${path}.levelsA`,
      'must include a current between minA and maxA',
    ),
  ];
}
