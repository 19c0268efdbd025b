// Defences of docs/threat-model.md, each with the words it consists of and what they are without it. `npm run mutate` takes them out one at a time, and the
// test that the page names has to fail (scripts/mutate.mjs); scripts/threats.mjs looks that each row whose letter is bold has one here.
const DOOR = 'apps/edge/admission/decide-upgrade.ts';
const JUDGE = 'libs/signing/judge.ts';

/** [what stands against the threat, where, its words, without it] for a test; `run` where the test is part of a suite that other specs run. */
const provenBy = (spec, test, [name, file, find, replace], run = spec) => ({ name, file, find, replace, spec: run, proof: spec, test });

export const DEFENCES = [
  provenBy('test/security/attack-01-stranger-with-a-known-id.spec.ts', 'is never accepted, while the station itself is online or not', [
    'a station has a password',
    DOOR,
    "  if (password === undefined) return { refused: 'badCredentials' };\n",
    '',
  ]),
  provenBy('test/security/attack-02-shadowing.spec.ts', 'ends the older connection, and its late end takes no route from the newer one', [
    'a late end takes its own route alone',
    'libs/embedded/routing.ts',
    'if (stored !== undefined && sameConnection(stored, entry)) entries',
    'entries',
  ]),
  provenBy('test/security/attack-05-guessing-passwords.spec.ts', 'is stopped after ten attempts, and costs no hash from then on', [
    'passwords are asked for ten times',
    'apps/edge/admission/failure-throttle.ts',
    'nowMs) >= MOST_PER_STATION',
    'nowMs) >= MOST_AT_STATION',
  ]),
  provenBy('test/security/attack-17-tricks-with-ids.spec.ts', '%s is nobody', [
    'an id is of certain letters, and bounded',
    'libs/domain/authorization/identity.ts',
    "STATION_ID.test(text) && text !== '.' && text !== '..'",
    'true',
  ]),
  provenBy('test/security/attack-15-downgrade.spec.ts', 'a header does not make a connection encrypted', [
    'a profile is the least a station comes with',
    DOOR,
    "  if (known.securityProfile >= 2 && !isEncrypted) return { refused: 'insecureTransport' };\n",
    '',
  ]),
  provenBy(
    'libs/domain/authorization/judge-certificate.spec.ts',
    'is the station’s it was made out to, and not that of its namesake with another tenant',
    [
      'a certificate names its tenant',
      'libs/domain/authorization/judge-certificate.ts',
      'return issuedTo.tenantId === tenantId && ',
      'return ',
    ],
  ),
  provenBy(
    'test/security/attack-04-another-stations-transaction.spec.ts',
    'does not end or feed a session of another station, and is kept as unmatched',
    [
      'a transaction is one of its station',
      'apps/session/state.ts',
      '  const shard = shards[shardOf(stationId)];\n',
      '  for (const other of Object.values(shards)) for (const [id, state] of Object.entries(other)) if (id !== stationId) return state;\n  const shard = shards[shardOf(stationId)];\n',
    ],
  ),
  provenBy('test/security/attack-11-false-telemetry.spec.ts', 'that rises faster than the outlet can deliver adds no energy', [
    'an outlet delivers no more than it can',
    'libs/domain/metering/registers.ts',
    'if (rise >= 0 && rise <= most)',
    'if (rise >= 0)',
  ]),
  provenBy('apps/api/meter-keys.spec.ts', 'are wrong where a figure was changed, which counts as an oddity of the station', [
    'what a meter signed is verified',
    'libs/pki/meter-signatures.ts',
    "return verify(hash, Buffer.from(payload, 'utf8'), { key, dsaEncoding: 'der' }, Buffer.from(data, encoding));",
    'return true;',
  ]),
  provenBy(
    'test/security/attack-12-commands-from-below.spec.ts',
    'may not call anything that is ours to call, and what it tried is on record',
    [
      'commands come from above',
      'apps/edge/inbound/plan-answer.ts',
      'const rule = ANSWERS[version].get(action);',
      "const rule = ANSWERS[version].get(action) ?? (() => ({ status: 'Accepted' }));",
    ],
  ),
  provenBy('test/scenario/api-door.spec.ts', 'lets a key do what its role may, until it is revoked', [
    'a revoked key opens nothing',
    'apps/api/auth.ts',
    ' and revoked_at is null',
    '',
  ]),
  provenBy('apps/api/people/people.spec.ts', 'is not believed for another audience, issuer or time, and not without who or until when', [
    'a token is for us',
    'apps/api/people/id-tokens.ts',
    '          audience: audience as string | string[],\n',
    '',
  ]),
  provenBy('test/scenario/api-door.spec.ts', 'answers a repeated POST once, and refuses the key for another request', [
    'what has a key is done once',
    'apps/api/idempotency.ts',
    'audited(() => toldAgain(tenantId, key, fingerprint))',
    'audited(work)',
  ]),
  provenBy('test/scenario/api-door.spec.ts', 'puts down every change and every attempt in a chain that shows what was altered since', [
    'an altered entry breaks the chain',
    'apps/api/audit/chain.ts',
    'linked(end, entry).hash === link.hash ?',
    'true ?',
  ]),
  provenBy('apps/api/scope.spec.ts', 'lists are cut down to own sites, and what is no list of things at sites is nobody else’s to read', [
    'lists are cut down to own sites',
    'apps/api/scope.ts',
    'items: items.filter(({ siteId }) => sites.includes(siteId)), nextCursor',
    'items, nextCursor',
  ]),
  provenBy('apps/api/exports.spec.ts', 'has no row of another tenant, also where no policy of the database hides it', [
    'an export asks for its tenant',
    'apps/api/exports.ts',
    'where tenant_id = $1 and',
    "where $1 <> '' and",
  ]),
  provenBy(
    'test/scenario/api-calls.spec.ts',
    'another tenant: every route tells it of these as of nobody, and nothing that it writes changes them',
    ['stations are asked for by tenant', 'apps/api/lookups.ts', 'book.station(tenantId, stationId)', "book.station('default', stationId)"],
  ),
  provenBy('apps/api/door.spec.ts', 'gets where the description lets it, and nowhere else', [
    'a role is asked for at each route',
    'apps/api/http.ts',
    '  if (!roles.includes(role))\n',
    '  if (false)\n',
  ]),
  provenBy(
    'test/security/attack-18-a-writer-without-a-key.spec.ts',
    'moves nothing: it is parked with its reason, and the network goes on',
    [
      'unsigned records are refused',
      JUDGE,
      'const isRequired = Object.hasOwn(required, topic) && offset >= (required[topic]?.[partition] ?? 0);',
      'const isRequired = false;',
    ],
  ),
  provenBy(
    'libs/signing/signed-log.spec.ts',
    'is refused with the signature of another record, in another place, or of somebody nobody named',
    ['a signature is of one record in one place', JUDGE, 'if (!(await isGenuine(record, signature, signer)))', 'if (false)'],
  ),
  provenBy('apps/edge/outbound/command-queue.spec.ts', 'admits a station’s grants only in rising order, whatever order they come in', [
    'grants rise',
    'apps/edge/outbound/grant-fence.ts',
    '    if (seen?.assignmentSeq === assignmentSeq && isOlderGrant(grant, seen.grant)) return false;\n',
    '',
  ]),
  provenBy(
    'libs/testing/contracts/answer-book.ts',
    'never lets an older version overwrite a newer one; assignments first, then offsets, as numbers',
    [
      'an older entry takes no place',
      'libs/embedded/answer-book.ts',
      'if (stored !== undefined && isOlder(entry.version, stored.version)) return false;',
      '',
    ],
    'test/contract/routing.spec.ts',
  ),
  provenBy(
    'libs/testing/contracts/tenant-security.ts',
    'shows rows of one tenant to a query without a where-clause',
    ['rows have a policy', 'libs/service/tenant-security.ts', "= current_setting('app.tenant', true))", 'is not null)'],
    'test/contract/tenant-security.spec.ts',
  ),
  provenBy('test/scenario/api-mistakes.spec.ts', 'a limit from the grid that would bind nobody is refused', [
    'a limited node is looked for',
    'apps/api/grid-limits.ts',
    '      if (nodeId === undefined) continue;\n',
    '      continue;\n',
  ]),
  provenBy('libs/domain/load-balancing/limits.spec.ts', 'what the grid allows lowers what a node has, and raises nothing', [
    'limits only lower',
    'libs/domain/load-balancing/limits.ts',
    'capacity[index * COLUMNS + column] = Math.min(capacity[index * COLUMNS + column] as number, value);',
    'capacity[index * COLUMNS + column] = value;',
  ]),
  provenBy('apps/grid/program.spec.ts', 'loosens nothing for an event that cannot be read, and only for those it is meant for', [
    'what cannot be read loosens nothing',
    'libs/domain/grid-signals/capacity.ts',
    '  if (capacity.refusals.length === 0) return capacity;\n',
    '  return capacity;\n',
  ]),
  provenBy('libs/signing/signed-log.spec.ts', 'limits the sites that its key names, of its tenant', [
    'a key limits the sites it names',
    JUDGE,
    'named.length > 0 && named.every((siteId) => siteIds.has(siteId))',
    'named.length > 0',
  ]),
  provenBy('test/contract/key-store.spec.ts', 'is for its owner alone, holds no trace of a destroyed key, and has one process at a time', [
    'files of keys are for their owner',
    'libs/embedded/durable-files.ts',
    '{ mode: 0o600, flush: true }',
    '{ flush: true }',
  ]),
  provenBy('test/contract/key-store.spec.ts', 'is made anew as a whole where it vanished, for its owner alone', [
    'a key is added to a file that is there',
    'libs/embedded/key-file.ts',
    'open(this.#path, APPEND)',
    "open(this.#path, 'a')",
  ]),
];
