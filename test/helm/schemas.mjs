// JSON schemas of Kubernetes objects, one file a kind, as kubeconform reads them: of the built-in kinds from each version's OpenAPI document,
// of operators' kinds from their CustomResourceDefinitions. Strict: a field that is not defined is an error.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';

/** Below `dir`: `v<version>/<kind>-<group>-<version>.json`, `crds/…` alike, and the definitions themselves in `definitions/`. */
export function writeSchemas(dir, { kubernetes, crdDirs }) {
  for (const { version, dir: module } of kubernetes) {
    const { definitions } = JSON.parse(readFileSync(join(module, 'api/openapi-spec/swagger.json'), 'utf8'));
    const kinds = Object.entries(definitions).flatMap(([name, { 'x-kubernetes-group-version-kind': gvks = [] }]) =>
      gvks.length === 1 ? [{ name, ...gvks[0] }] : [],
    );
    for (const [name, definition] of Object.entries(definitions)) definitions[name] = builtIn(name, definition);
    mkdirSync(join(dir, `v${version}`), { recursive: true });
    for (const { name, group, version: apiVersion, kind } of kinds)
      write(
        join(dir, `v${version}`),
        { group, version: apiVersion, kind },
        { $ref: `#/definitions/${name}`, definitions: reachable(definitions, name) },
      );
  }
  mkdirSync(join(dir, 'crds'));
  mkdirSync(join(dir, 'definitions'));
  for (const crds of crdDirs)
    for (const file of readdirSync(crds).filter((name) => name.endsWith('.yaml'))) {
      copyFileSync(join(crds, file), join(dir, 'definitions', file));
      for (const { kind, spec } of yaml.safeLoadAll(readFileSync(join(crds, file), 'utf8')))
        if (kind === 'CustomResourceDefinition')
          for (const { name, schema } of spec.versions)
            write(join(dir, 'crds'), { group: spec.group, version: name, kind: spec.names.kind }, custom(schema.openAPIV3Schema));
    }
}

const write = (dir, { group, version, kind }, schema) =>
  writeFileSync(
    join(dir, [kind.toLowerCase(), ...(group === '' ? [] : [group.split('.')[0]]), `${version}.json`].join('-')),
    JSON.stringify(schema),
  );

/** What `name` is made of, itself included. */
function reachable(definitions, name, found = {}) {
  if (name in found) return found;
  found[name] = definitions[name];
  for (const [, next] of JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) reachable(definitions, next, found);
  return found;
}

const TEXT_OR_NUMBER = { type: ['string', 'number'] };
const EITHER = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': TEXT_OR_NUMBER,
  'io.k8s.apimachinery.pkg.api.resource.Quantity': TEXT_OR_NUMBER,
};
const builtIn = (name, definition) => EITHER[name] ?? strict(definition);

/** A resource's `metadata` is left to the built-in kinds. */
const custom = (schema) => ({ ...strict(schema), properties: { ...strict(schema).properties, metadata: { type: 'object' } } });

function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  const { 'x-kubernetes-int-or-string': isEither, 'x-kubernetes-preserve-unknown-fields': isOpen, ...rest } = schema;
  if (isEither) return TEXT_OR_NUMBER;
  const { properties, ...others } = rest;
  const closed = properties !== undefined && rest.additionalProperties === undefined && !isOpen && rest.type === 'object';
  return {
    ...Object.fromEntries(Object.entries(others).map(([key, value]) => [key, strict(value)])),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, strict(value)])),
    }),
    ...(closed && { additionalProperties: false }),
  };
}
