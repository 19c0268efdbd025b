// Ids and hashes that are the same for the same content, forever: UUIDv5 (RFC 9562) and canonical JSON.
// Random ids are a port, because simulation owns chance.
import { hash } from 'node:crypto';

const NAMESPACE = Buffer.from('6f1d0a0c4c4e5d6c9f0f6a6f756c6573', 'hex');

/** UUIDv5 of the parts, joined unambiguously, under the project's own namespace. */
export function uuidV5(...parts: readonly (string | number)[]): string {
  const hex = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(JSON.stringify(parts))]), 'hex');
  const variant = (Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant.toString(16)}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** JSON with sorted keys: equal content gives equal text, whatever order a station wrote its fields in. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Printable ASCII without quotes and backslashes, which is nearly all there is, needs nothing done to it. */
const PLAIN = /^[ !#-[\]-~]*$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Hex SHA-256 of a text. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');
