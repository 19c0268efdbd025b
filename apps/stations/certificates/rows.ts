// Certificates as rows: one for each that is known, with its state and its alarm; what is gone stays as removed.
// What they mean is decided beside.
import type { RowWrite } from '#service';
import type { PartChange } from '../part.js';
import { type Held, heldId } from './held.js';
import type { Signing } from './signing.js';
import { type Certificates, shownId } from './state.js';
import { CONNECTION_REFUSALS, STATION_CERTIFICATES } from './tables.js';

type Row = Readonly<Record<string, string | null>>;

const signingRow = ({ use, state, reason, certificate, commonName, organization }: Signing): Row => ({
  origin: 'signed',
  type: use,
  state,
  reason: reason ?? null,
  serial_number: certificate?.serialNumber ?? null,
  subject: commonName === undefined ? null : `CN=${commonName}${organization === undefined ? '' : `, O=${organization}`}`,
  issuer: certificate?.issuer ?? null,
  hash_algorithm: null,
  issuer_name_hash: null,
  issuer_key_hash: null,
  not_before: certificate?.notBefore ?? null,
  not_after: certificate?.notAfter ?? null,
});

const heldRow = (held: Held): Row => ({
  origin: 'held',
  type: held.type,
  state: 'installed',
  reason: null,
  serial_number: held.serialNumber,
  subject: held.subject ?? null,
  issuer: held.issuer ?? null,
  hash_algorithm: held.hashAlgorithm ?? null,
  issuer_name_hash: held.issuerNameHash ?? null,
  issuer_key_hash: held.issuerKeyHash ?? null,
  not_before: held.notBefore ?? null,
  not_after: held.notAfter ?? null,
});

function rowsById({ signings, held, shown, alarms }: Certificates): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  for (const signing of signings) rows.set(signing.requestId, signingRow(signing));
  for (const each of held) rows.set(heldId(each), heldRow(each));
  if (shown !== undefined) {
    const { serialNumber, issuer, notBefore, notAfter } = shown;
    const seen = heldRow({ type: 'ChargingStationCertificate', serialNumber, issuer, notBefore, notAfter });
    rows.set(shownId(shown), { ...seen, origin: 'shown', state: 'inUse' });
  }
  return new Map([...rows].map(([id, row]) => [id, { ...row, alarm: alarms[id] ?? null }]));
}

export function certificateRows({ before, after, heard, place }: PartChange<Certificates>): readonly RowWrite[] {
  const { input } = heard;
  if (input.type === 'ConnectionRefused') {
    const { reason, securityProfile, isEncrypted, hasPassword, certificate, unrecorded } = input.data;
    const told = {
      at: input.time,
      reason,
      security_profile: securityProfile,
      encrypted: isEncrypted,
      has_password: hasPassword,
      unrecorded,
    };
    const row = { ...place, event_id: input.id, ...told, serial_number: certificate?.serialNumber ?? null };
    return [{ table: CONNECTION_REFUSALS, row }];
  }
  if (before === after) return [];
  const [was, is] = [rowsById(before), rowsById(after)];
  const write = (certificate_id: string, row: Row): RowWrite => ({
    table: STATION_CERTIFICATES,
    row: { ...place, certificate_id, ...row, changed_at: input.time },
  });
  const changed = [...is].filter(([id, row]) => JSON.stringify(was.get(id)) !== JSON.stringify(row)).map(([id, row]) => write(id, row));
  // Requests that have ended are only forgotten; what is held no more is gone.
  const gone = [...was]
    .filter(([id, { origin }]) => !is.has(id) && origin !== 'signed')
    .map(([id, row]) => write(id, { ...row, state: 'removed', alarm: null }));
  return [...changed, ...gone];
}
