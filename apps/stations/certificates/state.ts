// What is remembered of a station's certificates: those it asked for, those it trusts, the one it came with, and which of them run out.
// What each means is told beside.
import type { ShownCertificate } from '#contracts';
import type { Alarms, Living } from './expiry.js';
import { type Held, heldId } from './held.js';
import type { Signing } from './signing.js';

export interface Certificates {
  readonly signings: readonly Signing[];
  readonly held: readonly Held[];
  /** It came with a certificate that was not signed here. */
  readonly shown?: ShownCertificate;
  readonly alarms: Alarms;
  /** Longest chain it takes, as it told [characters]. */
  readonly longestChain?: number;
  /** When it was last asked what it holds, and to renew its own. */
  readonly askedMs?: number;
  readonly renewalMs?: number;
}

export const NO_CERTIFICATES: Certificates = { signings: [], held: [], alarms: {} };

export const shownId = ({ serialNumber }: ShownCertificate): string => `shown.${serialNumber}`;

export function livingOf({ signings, held, shown }: Certificates): readonly Living[] {
  const own = signings.flatMap(({ requestId, use, state, certificate }) =>
    certificate !== undefined && (state === 'inUse' || state === 'installed')
      ? [{ id: requestId, type: use, notAfterMs: Date.parse(certificate.notAfter), isOurs: true }]
      : [],
  );
  const foreign =
    shown === undefined
      ? []
      : [{ id: shownId(shown), type: 'ChargingStationCertificate', notAfterMs: Date.parse(shown.notAfter), isOurs: false }];
  const trusted = held.flatMap((each) =>
    each.notAfter === undefined ? [] : [{ id: heldId(each), type: each.type, notAfterMs: Date.parse(each.notAfter), isOurs: false }],
  );
  return [...own, ...foreign, ...trusted];
}
