// What a station asked to be signed, and how far its certificate has come: requested → sent → installed → inUse → superseded (A02, A03; 1.6 alike).
//   sent → waiting: nobody home or no answer, tried again when the station is back, or a while later where it stayed; → rejected: it will not have it; → failed: tried too often, or nobody signs it.
//   a later request of the same kind leaves an earlier one without an end behind as replaced. Signing itself is in issuing.ts.
// In use is what a handshake showed. Where none shows any (V2G, lower profiles, TLS that ends elsewhere), the one the station took last supersedes the others.
import type { CertificateIssued, CertificateNotIssued, ShownCertificate } from '#contracts';
import type { CertificateUse } from '#ports';
import { isAgain } from '../again.js';
import { type Heard, isEdgeLost } from '../heard.js';
import { asText } from '../json.js';
import type { CommandWish, Decided } from '../part.js';
import type { Station } from '../station.js';

export interface Signing {
  /** Of the record that asked. */
  readonly requestId: string;
  readonly use: CertificateUse;
  readonly state: 'requested' | 'sent' | 'waiting' | 'installed' | 'inUse' | 'rejected' | 'failed' | 'refused' | 'replaced' | 'superseded';
  readonly reason?: string;
  /** As the station named it, and told back to it (A02.FR.14); 2.1 also numbers its requests. */
  readonly certificateType?: string;
  readonly number?: number;
  /** Sealed, until it is signed. */
  readonly csr?: string;
  readonly certificate?: ShownCertificate;
  readonly commonName?: string;
  readonly organization?: string;
  /** PEM, until the station has it. */
  readonly chain?: readonly string[];
  readonly commandId?: string;
  readonly attempts: number;
}

const MOST_ATTEMPTS = 3;
const MOST_KEPT = 8;
/** Longest a schema lets pass. */
const LONGEST_CHAIN = 10_000;
const OPEN: ReadonlySet<Signing['state']> = new Set(['requested', 'sent', 'waiting']);

/** Ends that are in the rows and matter no more. */
const OVER: ReadonlySet<Signing['state']> = new Set(['refused', 'replaced', 'superseded', 'rejected', 'failed']);

export const isOpen = ({ state }: Signing): boolean => OPEN.has(state);
export const isInForce = ({ state }: Signing): boolean => state === 'inUse' || state === 'installed';

/** What one takes the place of another in: those of ISO 15118-2 and -20 are two, and a station has both. */
export const kindOf = ({ use, certificateType = use }: Signing): string => (use === 'V2GCertificate' ? certificateType : use);
const isSameKind = (a: Signing, b: Signing): boolean => kindOf(a) === kindOf(b);

/** The certificates of a chain that the station has room for, its own first; undefined when not even that. */
export function fitting(chain: readonly string[], longest = LONGEST_CHAIN): string | undefined {
  for (let count = chain.length; count > 0; count--) {
    const text = chain.slice(0, count).join('\n');
    if (text.length <= Math.min(longest, LONGEST_CHAIN)) return text;
  }
  return undefined;
}

/** CertificateSigned for what was just signed, and again for what did not reach a station that is back, or that has another edge. */
export function signedWishes(
  signings: readonly Signing[],
  heard: Heard,
  { ocppVersion, isOnline }: Station,
  longestChain?: number,
): readonly CommandWish[] {
  const due =
    heard.kind === 'fact' && heard.input.type === 'CertificateIssued'
      ? issuedNow(signings, heard.input.data)
      : isAgain(heard) || heard.input.type === 'StationConnected'
        ? signings.filter(({ state }) => state === 'waiting')
        : isEdgeLost(heard) && isOnline
          ? evolveSignings(signings, heard, { commands: [], facts: [] }).filter((each) => isWaitingAgain(each, heard))
          : [];
  return due.flatMap(({ chain = [], certificateType, number }) => {
    const certificateChain = fitting(chain, longestChain);
    if (certificateChain === undefined) return [];
    const named = ocppVersion !== 'ocpp1.6' && certificateType !== undefined && { certificateType };
    return [{ action: 'CertificateSigned', payload: { certificateChain, ...named, ...(number !== undefined && { requestId: number }) } }];
  });
}

const isWaitingAgain = ({ state, commandId }: Signing, { command }: Extract<Heard, { kind: 'outcome' }>): boolean =>
  state === 'waiting' && commandId === command.commandId;

const issuedNow = (signings: readonly Signing[], { requestId, chain }: CertificateIssued): readonly Signing[] =>
  signings.filter((signing) => signing.requestId === requestId && signing.state === 'requested').map((signing) => ({ ...signing, chain }));

/** The same list when nothing changed. */
export function evolveSignings(signings: readonly Signing[], heard: Heard, { commands }: Decided): readonly Signing[] {
  switch (heard.kind) {
    case 'call':
      return heard.action === 'SignCertificate' ? requested(signings, heard) : signings;
    case 'outcome': {
      const meant = signings.find(({ commandId }) => commandId === heard.command.commandId);
      const after = taken(
        changed(
          signings,
          (each) => each === meant,
          (each) => ended(each, heard),
        ),
        meant,
      );
      const again = isEdgeLost(heard) ? commands.find(({ action }) => action === 'CertificateSigned') : undefined;
      return changed(
        after,
        (each) => again !== undefined && isWaitingAgain(each, heard),
        (each) => resent(each, again?.commandId),
      );
    }
    case 'fact':
      return told(signings, heard.input, sentIn(commands));
    case 'due':
      return isAgain(heard) ? sentAgain(signings, sentIn(commands)) : signings;
    default:
      return signings;
  }
}

const sentIn = (commands: Decided['commands']): readonly string[] =>
  commands.filter(({ action }) => action === 'CertificateSigned').map(({ commandId }) => commandId);

const changed = (
  signings: readonly Signing[],
  isMeant: (signing: Signing) => boolean,
  change: (signing: Signing) => Signing,
): readonly Signing[] => (signings.some(isMeant) ? signings.map((each) => (isMeant(each) ? change(each) : each)) : signings);

function requested(signings: readonly Signing[], { input, payload, answer }: Extract<Heard, { kind: 'call' }>): readonly Signing[] {
  if (input.type !== 'CallReceived') return signings;
  const certificateType = asText(payload.certificateType);
  const flag = input.data.flags.find((each) => each.startsWith('csr:'));
  const signing: Signing = {
    requestId: input.id,
    use: certificateType.startsWith('V2G') ? 'V2GCertificate' : 'ChargingStationCertificate',
    ...(certificateType !== '' && { certificateType }),
    ...(typeof payload.requestId === 'number' && { number: payload.requestId }),
    ...(answer.status === 'Accepted'
      ? { state: 'requested', csr: asText(payload.csr) }
      : { state: 'refused', reason: flag?.slice(4) ?? 'Refused' }),
    attempts: 0,
  };
  const kept = signings.filter(({ state }) => !OVER.has(state)).slice(1 - MOST_KEPT);
  if (signing.state === 'refused') return [...kept, signing];
  return [...changed(kept, (each) => isSameKind(each, signing) && isOpen(each), replaced), signing];
}

const replaced = ({ csr: _, chain: __, ...signing }: Signing): Signing => ({ ...signing, state: 'replaced' });

function ended({ commandId, ...signing }: Signing, { outcome }: Extract<Heard, { kind: 'outcome' }>): Signing {
  const { chain: _, ...done } = signing;
  switch (outcome.kind) {
    case 'answered': {
      const status = asText(outcome.payload.status);
      return status === 'Accepted'
        ? { ...done, state: signing.state === 'inUse' ? 'inUse' : 'installed' }
        : { ...done, state: 'rejected', reason: status };
    }
    case 'errored':
      return { ...done, state: 'rejected', reason: outcome.code };
    default:
      if (signing.state !== 'sent') return { ...signing, ...(commandId !== undefined && { commandId }) };
      return signing.attempts < MOST_ATTEMPTS
        ? { ...signing, state: 'waiting', ...(commandId !== undefined && { commandId }) }
        : { ...done, state: 'failed', reason: outcome.reason };
  }
}

/** Once the station has taken one, what it took before and never showed is not in force any more; what it shows is good until the new one is seen. */
function taken(signings: readonly Signing[], meant: Signing | undefined): readonly Signing[] {
  const last = signings.find(({ requestId, state }) => requestId === meant?.requestId && state === 'installed');
  return changed(
    signings,
    (each) => last !== undefined && each !== last && isSameKind(each, last) && each.state === 'installed',
    superseded,
  );
}

const superseded = (signing: Signing): Signing => ({ ...signing, state: 'superseded' });

function told(signings: readonly Signing[], input: Heard['input'], commandIds: readonly string[]): readonly Signing[] {
  switch (input.type) {
    case 'CertificateIssued':
      return changed(
        signings,
        (each) => each.requestId === input.data.requestId && each.state === 'requested',
        (each) => issued(each, input.data, commandIds[0]),
      );
    case 'CertificateNotIssued':
      return changed(
        signings,
        (each) => each.requestId === input.data.requestId && each.state === 'requested',
        (each) => notIssued(each, input.data),
      );
    case 'StationConnected':
      return seen(sentAgain(signings, commandIds), input.data.certificate);
    default:
      return signings;
  }
}

function issued(
  { csr: _, ...signing }: Signing,
  { serialNumber, issuer, notBefore, notAfter, commonName, organization, chain }: CertificateIssued,
  commandId: string | undefined,
): Signing {
  const known = {
    ...signing,
    certificate: { serialNumber, issuer, notBefore, notAfter },
    commonName,
    ...(organization !== undefined && { organization }),
  };
  return commandId === undefined
    ? { ...known, state: 'failed', reason: 'ChainTooLong' }
    : { ...known, state: 'sent', chain, commandId, attempts: signing.attempts + 1 };
}

const notIssued = ({ csr: _, ...signing }: Signing, { reason }: CertificateNotIssued): Signing => ({ ...signing, state: 'failed', reason });

/** What waits, in the order of the commands it was sent by. */
function sentAgain(signings: readonly Signing[], commandIds: readonly string[]): readonly Signing[] {
  const sent = [...commandIds];
  return changed(
    signings,
    ({ state }) => state === 'waiting',
    (each) => resent(each, sent.shift()),
  );
}

const resent = (signing: Signing, commandId: string | undefined): Signing =>
  commandId === undefined ? signing : { ...signing, state: 'sent', commandId, attempts: signing.attempts + 1 };

/** What a station came with is in use, and what it came with or took before is not any more. */
function seen(signings: readonly Signing[], shown: ShownCertificate | undefined): readonly Signing[] {
  if (shown === undefined) return unseen(signings);
  const shownAt = signings.findLastIndex(({ certificate }) => certificate?.serialNumber === shown.serialNumber);
  if (shownAt < 0 || signings[shownAt]?.state === 'inUse') return signings;
  return signings.map((each, index) => {
    if (index === shownAt) return inUse(each);
    const isOver = each.state === 'inUse' || (each.state === 'installed' && index < shownAt);
    return isOver && each.use === 'ChargingStationCertificate' ? superseded(each) : each;
  });
}

/** It showed none: of those it may have, it has the one it took last. */
function unseen(signings: readonly Signing[]): readonly Signing[] {
  const isMeant = (each: Signing): boolean => each.use === 'ChargingStationCertificate' && isInForce(each);
  const last = signings.findLast(isMeant);
  return changed(signings, (each) => isMeant(each) && each !== last, superseded);
}

const inUse = ({ chain: _, reason: __, ...signing }: Signing): Signing => ({ ...signing, state: 'inUse' });
