// Finds the fields of a message that name a driver or open a door. By field name, so that unknown and future messages are covered too.
// What happens to what is found is decided in protect.ts.

export interface Sensitive {
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** `token` names a driver; `personal` tells of one; `secret` is nobody's to read. */
  readonly kind: 'token' | 'personal' | 'secret';
}

const TOKEN_FIELDS: ReadonlySet<string> = new Set(['idTag', 'parentIdTag', 'idToken', 'additionalIdToken']);
const SECRET_FIELDS: ReadonlySet<string> = new Set(['csr', 'apnPassword', 'password', 'privateKey']);
/** Fields that are sensitive in one message only, as `Action.field`. */
const IN_MESSAGE: ReadonlyMap<string, Sensitive['kind']> = new Map<string, Sensitive['kind']>([
  ['Authorize.certificate', 'personal'],
  ['CustomerInformation.customerIdentifier', 'personal'],
  ['NotifyCustomerInformation.data', 'personal'],
  ['Get15118EVCertificate.exiRequest', 'personal'],
  ['SetNetworkProfile.key', 'secret'],
]);
/** Configuration keys and variables whose value is a secret: AuthorizationKey (1.6), BasicAuthPassword (2.0.1), vendors' own. */
const SECRET_NAME = /authorizationkey|password|passphrase|secret|privatekey/i;
const VALUE_FIELDS: ReadonlySet<string> = new Set(['value', 'attributeValue', 'actualValue']);

/** The configuration key (1.6) or variable (2.0.1) this object is about. */
function settingName(object: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof object.key === 'string') return object.key;
  const { variable } = object;
  if (typeof variable !== 'object' || variable === null || !('name' in variable)) return undefined;
  return typeof variable.name === 'string' ? variable.name : undefined;
}

/** Every sensitive text of a message, in the order met; empty texts name nobody. */
export function findSensitive(action: string, payload: unknown): readonly Sensitive[] {
  const found: Sensitive[] = [];
  const visit = (value: unknown, path: readonly (string | number)[], inSecretSetting: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      value.forEach((inner, index) => {
        visit(inner, [...path, index], inSecretSetting);
      });
      return;
    }
    const object = value as Readonly<Record<string, unknown>>;
    const name = settingName(object);
    const isSecret = name === undefined ? inSecretSetting : SECRET_NAME.test(name);
    for (const field in object) {
      const inner = object[field];
      if (typeof inner === 'object') visit(inner, [...path, field], isSecret);
      if (typeof inner !== 'string' || inner === '') continue;
      const kind = kindOf(action, field, isSecret);
      if (kind !== undefined) found.push({ path: [...path, field], value: inner, kind });
    }
  };
  visit(payload, [], false);
  return found;
}

function kindOf(action: string, field: string, isSecretSetting: boolean): Sensitive['kind'] | undefined {
  if (TOKEN_FIELDS.has(field)) return 'token';
  if (SECRET_FIELDS.has(field) || (isSecretSetting && VALUE_FIELDS.has(field))) return 'secret';
  return IN_MESSAGE.get(`${action}.${field}`);
}
