// Looks for secrets where none may be: as they are, and as Base64, hexadecimal or a part of a URL would carry them.
// Which secrets a run had, and what it wrote, is the specs' business.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from '#ports';

/** Where something was written, and what. */
export type Place = readonly [where: string, text: string];

function forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Within a longer text Base64 depends on where it begins; what does not is compared.
  const shifted = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((bytes.length + shift) * 4) / 3) - 1);
  });
  return [
    secret,
    bytes.toString('hex'),
    encodeURIComponent(secret),
    ...shifted,
    ...shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** Each secret that is somewhere, with its name and the place; never the secret itself. */
export function secretsIn(secrets: Readonly<Record<string, string>>, places: Iterable<Place>): readonly string[] {
  const sought = Object.entries(secrets).map(([name, secret]) => [name, forms(secret)] as const);
  const found: string[] = [];
  for (const [where, text] of places)
    for (const [name, all] of sought) if (all.some((form) => text.includes(form))) found.push(`${name} in ${where}`);
  return [...new Set(found)];
}

/** Every file of a directory and those in it. */
export const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Every row of every table, as JSON. */
export async function rowTexts(database: Sql): Promise<readonly Place[]> {
  const { rows: tables } = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const places: Place[] = [];
  for (const { name } of tables) {
    const { rows } = await database.query<{ text: string }>(`select row_to_json(t)::text as text from "${name}" as t`);
    places.push(...rows.map(({ text }): Place => [`table ${name}`, text]));
  }
  return places;
}

/** Requests that are refused although, or because, they carry secrets: method, path, body, key. */
export const wrongRequests = (secrets: { readonly password: string; readonly idToken: string; readonly wrongKey: string }) =>
  [
    ['PUT', '/v1/stations/NEW', { siteId: 's', password: secrets.password, evses: [{ password: secrets.password }] }],
    ['PUT', `/v1/tokens/ISO14443/${secrets.idToken}`, { status: secrets.idToken }],
    ['POST', `/v1/tokens/ISO14443/${secrets.idToken}`, {}],
    ['POST', '/v1/stations/NEW/commands', { action: 'SetVariables', payload: { password: secrets.password, idToken: secrets.idToken } }],
    ['POST', '/v1/stations/NEW/commands', { action: secrets.idToken, payload: {} }],
    ['POST', '/v1/stations/NEW/commands', `{"action":"SetVariables","payload":{"value":"${secrets.password}"`],
    ['GET', `/v1/sessions?stationId=NEW&status=${secrets.idToken}`, undefined],
    ['GET', '/v1/sites', undefined, secrets.wrongKey],
  ] as const satisfies readonly (readonly [string, string, unknown, string?])[];
