// Every free text of every official message has its line in the table, so that a new version cannot bring a name or a password in unseen.
import { describe, expect, it } from '@jest/globals';
import { SUBPROTOCOLS } from '#ocpp';
import { officialMessages, resolve, type Schema } from '../../ocpp/official-schemas.fixture.js';
import { type FieldKind, lineOf } from './classified.js';

interface Text {
  readonly message: string;
  readonly action: string;
  readonly path: string;
  readonly kind: FieldKind | undefined;
}

/** Enumerations and times say nothing of their own. */
const isFreeText = ({ type, enum: choices, format }: Schema): boolean =>
  (type === undefined || type === 'string') && choices === undefined && format !== 'date-time';

/** Every free text below a schema, with the field that holds it. */
function* texts(
  pointing: Schema,
  root: Schema,
  parent: string,
  field: string,
  path: string,
): Generator<[parent: string, field: string, path: string]> {
  const schema = resolve(pointing, root);
  if (schema.type === 'array') yield* texts(schema.items ?? {}, root, parent, field, `${path}[]`);
  else if (schema.type === 'object')
    for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* texts(inner, root, field, name, `${path}.${name}`);
  else if (isFreeText(schema)) yield [parent, field, path.slice(1)];
}

const all: readonly Text[] = SUBPROTOCOLS.flatMap((version) =>
  officialMessages(version).flatMap(({ action, kind: direction, schema }) =>
    [...texts(schema, schema, '', '', '')].map(([parent, field, path]) => ({
      message: `${version} ${action} ${direction}`,
      action,
      path,
      kind: lineOf(action, parent, field),
    })),
  ),
);

describe('the table', () => {
  it('knows every free text of the official schemas', () => {
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(({ kind }) => kind === undefined).map(({ message, path }) => `${message}: ${path}`)).toEqual([]);
  });
  it.each<[FieldKind, string, RegExp]>([
    ['token', 'StartTransaction', /^idTag$/],
    ['token', 'SendLocalList', /idTag$|idToken$|IdTag$/],
    ['token', 'RequestStartTransaction', /idToken$|additionalIdToken$/],
    ['personal', 'NotifyCustomerInformation', /^data$/],
    ['personal', 'CustomerInformation', /^customerIdentifier$|customerCertificate\.(issuer\w+|serialNumber)$/],
    ['personal', 'SetDisplayMessage', /content$/],
    ['personal', 'NotifyDisplayMessages', /content$/],
    ['personal', 'Authorize', /^certificate$|iso15118CertificateHashData\[\]\.serialNumber$/],
    ['sealed', 'SignCertificate', /^csr$/],
    ['secret', 'SetNetworkProfile', /apnPassword$|vpn\.(key|password)$/],
    ['setting', 'ChangeConfiguration', /^value$/],
    ['setting', 'GetConfiguration', /value$/],
    ['setting', 'SetVariables', /attributeValue$/],
    ['setting', 'GetVariables', /attributeValue$/],
    ['setting', 'NotifyReport', /variableAttribute\[\]\.value$/],
    ['setting', 'NotifyEvent', /actualValue$/],
    ['opaque', 'DataTransfer', /^data$/],
    ['url', 'GetDiagnostics', /location$/],
  ])('%s: %s %s', (kind, action, path) => {
    const found = all.filter((text) => text.action === action && path.test(text.path));
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((text) => text.kind))).toEqual(new Set([kind]));
  });
});
