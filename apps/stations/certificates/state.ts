// What is remembered of a station's certificates: those it asked for, those it trusts, the one it came with, and which of them run out.
// What each means is told beside.
import type { ShownCertificate } from '#contracts';
import type { Alarms, Living } from './expiry.js';
import { type Held, heldId } from './held.js';
import { isInForce, type Signing } from './signing.js';

export interface Certificates {
  readonly signings: readonly Signing[];
  readonly held: readonly Held[];
  /** It came with a certificate that was not signed here. */
  readonly shown?: ShownCertificate;
  readonly alarms: Alarms;
  /** Longest chain it takes, as it told [characters]. */
  readonly longestChain?: number;
  /** When it was last asked what it holds, and to renew its own; the latter is forgotten where it was away when it was to be asked again. */
  readonly askedMs?: number;
  readonly renewalMs?: number;
}

export const NO_CERTIFICATES: Certificates = { signings: [], held: [], alarms: {} };

export const shownId = ({ serialNumber }: ShownCertificate): string => `shown.${serialNumber}`;

export function livingOf({ signings, held, shown }: Certificates): readonly Living[] {
  const own = signings.flatMap((each) =>
    each.certificate !== undefined && isInForce(each)
      ? [{ id: each.requestId, type: each.use, notAfterMs: Date.parse(each.certificate.notAfter) }]
      : [],
  );
  const foreign =
    shown === undefined ? [] : [{ id: shownId(shown), type: 'ChargingStationCertificate', notAfterMs: Date.parse(shown.notAfter) }];
  const trusted = held.flatMap((each) =>
    each.notAfter === undefined ? [] : [{ id: heldId(each), type: each.type, notAfterMs: Date.parse(each.notAfter) }],
  );
  return [...own, ...foreign, ...trusted];
}
