// Finds the fields of a message that name a driver or open a door. What each field tells is in classified.ts.
// What happens to what is found is decided in protect.ts.
import { kindOf, settingKind } from './classified.js';

export interface Sensitive {
  readonly path: readonly (string | number)[];
  /** The text, or the JSON text of a value that is none. */
  readonly value: string;
  /** `token` names a driver; `personal` tells of one; `sealed` is the station's own; `secret` is nobody's to read; `url` carries a password; `opaque` is unknown. */
  readonly kind: 'token' | 'personal' | 'sealed' | 'secret' | 'url' | 'opaque';
}

type Json = Readonly<Record<string, unknown>>;

/** A vendor's extension of a 2.x message: everything but whose it is counts as opaque. */
const EXTENSION = 'customData';
const USER_INFO = /\/\/[^/@\s]+@/;

/** The configuration key (1.6) or variable (2.x) this object is about. */
function settingName({ key, variable }: Json): string | undefined {
  if (typeof key === 'string') return key;
  if (typeof variable !== 'object' || variable === null || !('name' in variable)) return undefined;
  return typeof variable.name === 'string' ? variable.name : undefined;
}

/** Every sensitive text of a message, in the order met; empty texts name nobody. */
export function findSensitive(action: string, payload: unknown): readonly Sensitive[] {
  const found: Sensitive[] = [];
  const visit = (value: unknown, parent: string, path: readonly (string | number)[], setting: string | undefined): void => {
    if (Array.isArray(value)) {
      for (const [index, inner] of value.entries()) judge(inner, '', parent, [...path, index], {}, setting);
      return;
    }
    const object = value as Json;
    const name = settingName(object) ?? setting;
    for (const field in object) judge(object[field], parent, field, [...path, field], object, name);
  };
  const judge = (
    value: unknown,
    parent: string,
    field: string,
    path: readonly (string | number)[],
    holder: Json,
    setting: string | undefined,
  ): void => {
    if (value === undefined || value === null || value === '' || typeof value === 'boolean') return;
    if (parent === EXTENSION && field !== 'vendorId') found.push({ path, value: textOf(value), kind: 'opaque' });
    else if (typeof value === 'object') {
      if (kindOf(action, parent, field) === 'opaque') found.push({ path, value: textOf(value), kind: 'opaque' });
      else visit(value, field, path, setting);
    } else {
      const kind = meant(kindOf(action, parent, field), value, holder, setting);
      if (kind !== undefined) found.push({ path, value: textOf(value), kind });
    }
  };
  if (typeof payload === 'object' && payload !== null) visit(payload, '', [], undefined);
  return found;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A kind that depends on what stands beside the field becomes the one it is here. */
function meant(
  kind: ReturnType<typeof kindOf>,
  value: unknown,
  { format }: Json,
  setting: string | undefined,
): Sensitive['kind'] | undefined {
  switch (kind) {
    case 'setting':
      return meant(settingKind(setting ?? ''), value, {}, undefined);
    case 'signed':
      return format === 'SignedData' ? 'personal' : undefined;
    case 'url':
      return typeof value === 'string' && USER_INFO.test(value) ? 'url' : undefined;
    case 'plain':
    case undefined:
      return undefined;
    default:
      return kind;
  }
}
