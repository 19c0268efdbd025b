// Looks at a station from the side of its answers: what rules and composite schedules may see, and what a changed setting sets off.
import type { OutletView } from './composite.js';
import type { StationControls } from './dialect.js';
import type { Installation } from './installation.js';
import type { ProfileContext } from './profile-rules.js';
import { backLines } from './v2x.js';

/** 0 is every outlet. */
export const outletViews = (installation: Installation, evseId: number): readonly OutletView[] =>
  installation.outlets
    .filter((outlet) => evseId === 0 || outlet.evseId === evseId)
    .map(({ evseId: id, maxMa, nominalDv, phases, transaction }) => ({
      evseId: id,
      maxA: maxMa / 1000,
      voltagesDv: phases.map(() => nominalDv),
      ...(transaction === undefined ? {} : { transaction }),
    }));

/** `transactionId` is absent as long as the CSMS has not given one. */
export const profileContext = ({ spec, installation }: StationControls): ProfileContext => ({
  evseIds: installation.outlets.map(({ evseId }) => evseId),
  held: installation.profiles.all(),
  ...(spec.ocppVersion === 'ocpp2.1' &&
    installation.outlets.some(({ mostBackMa }) => mostBackMa > 0) && {
      backLines: (evseId) => {
        const outlet = installation.outlet(evseId);
        return outlet === undefined ? 0 : backLines(outlet);
      },
    }),
  transactionOn: (evseId) => {
    const transaction = installation.outlet(evseId)?.transaction;
    if (transaction === undefined) return undefined;
    const { key, transactionId } = transaction;
    if (spec.ocppVersion !== 'ocpp1.6') return { key, transactionId: key };
    return transactionId === undefined ? { key } : { key, transactionId: String(transactionId) };
  },
});

export const settingChanged = (controls: StationControls) => (setting: string) => {
  if (setting === 'sampleS') controls.charging.rearm();
  if (setting === 'heartbeatS') controls.heartbeatChanged();
  if (setting === 'password') controls.reconnect();
};
