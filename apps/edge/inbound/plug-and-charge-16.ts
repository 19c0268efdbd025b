// Plug and charge in 1.6, which has no messages for it: those of 2.0.1 inside DataTransfer, as the Open Charge Alliance has it (Using ISO 15118 Plug & Charge
// with OCPP 1.6). What they are answered is that version's; signing for cars (SignCertificate) is not offered this way.
import { validate } from '#ocpp';
import { type Answer, type Payload, result } from './answer.js';

const VENDOR = 'org.openchargealliance.iso15118pnc';
const TAKEN: ReadonlySet<string> = new Set(['Authorize', 'Get15118EVCertificate', 'GetCertificateStatus']);
/** The version whose messages they are. */
export const INSIDE = 'ocpp2.0.1';

export interface InnerCall {
  readonly action: string;
  readonly payload: Payload;
}

/** The message inside a DataTransfer, or why there is none to answer; undefined where it is about something else. */
export function innerCall({ vendorId, messageId, data }: Payload): InnerCall | { readonly status: string } | undefined {
  if (vendorId !== VENDOR) return undefined;
  if (typeof messageId !== 'string' || !TAKEN.has(messageId)) return { status: 'UnknownMessageId' };
  const payload = withToken(parsed(data));
  return payload === undefined || validate(INSIDE, messageId, 'request', payload).length > 0
    ? { status: 'Rejected' }
    : { action: messageId, payload };
}

/** The answer to what was inside, in an answer to what was around it. */
export const outerAnswer = (inner: Answer): Answer =>
  result(inner.kind === 'result' ? { status: 'Accepted', data: JSON.stringify(inner.payload) } : { status: 'Rejected' });

function parsed(data: unknown): Payload | undefined {
  try {
    const value: unknown = JSON.parse(String(data));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Payload) : undefined;
  } catch {
    return undefined;
  }
}

/** Some stations name the contract by its text alone. */
const withToken = (payload: Payload | undefined): Payload | undefined =>
  typeof payload?.idToken === 'string' ? { ...payload, idToken: { idToken: payload.idToken, type: 'eMAID' } } : payload;
