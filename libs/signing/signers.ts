// Who may sign what, as the operator says it in the file EVENT_SIGNERS: public keys alone, so it is no secret (ADR 0105).
// What a service may say is the contracts' (writers.ts); how a record is judged by all this is judge.ts's.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { WRITERS, type Writer } from '#contracts';
import { keyIdOf } from './signature.js';

/** Offsets by topic, one for each partition; what is not named counts as 0. */
const Offsets = z.record(z.string(), z.array(z.int().min(0)));

const SignersFile = z.strictObject({
  signers: z
    .array(
      z.strictObject({
        publicKey: z.base64(),
        /** Services it may speak for. */
        services: z.array(z.enum(WRITERS)).min(1).optional(),
        /** Or, for whoever writes to `grid-limits`: whose sites it may limit; without `siteIds` all of the tenant's. */
        limits: z.strictObject({ tenantId: z.string().min(1), siteIds: z.array(z.string().min(1)).min(1).optional() }).optional(),
        /** Retired: what it signed counts below these offsets alone. */
        until: Offsets.optional(),
      }),
    )
    .min(1),
  /** Topics in which everything has to be signed from these offsets on. A topic that is absent takes what is not signed. */
  required: Offsets.default({}),
});

export interface Signer {
  readonly key: KeyObject;
  readonly services: ReadonlySet<Writer>;
  readonly limits?: { readonly tenantId: string; readonly siteIds?: ReadonlySet<string> };
  readonly until?: Readonly<Record<string, readonly number[]>>;
}

export interface Signers {
  readonly byKeyId: ReadonlyMap<string, Signer>;
  readonly required: Readonly<Record<string, readonly number[]>>;
}

/** Throws with the place of what is wrong. */
export function readSigners(text: string): Signers {
  const parsed = SignersFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const { signers, required } = parsed.data;
  const byKeyId = new Map(
    signers.map(({ publicKey, services = [], limits, until }): [string, Signer] => {
      const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
      if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${publicKey}: an Ed25519 key was expected`);
      const siteIds = limits?.siteIds && new Set(limits.siteIds);
      const own = limits && { limits: { tenantId: limits.tenantId, ...(siteIds && { siteIds }) } };
      return [keyIdOf(key), { key, services: new Set(services), ...own, ...(until && { until }) }];
    }),
  );
  return { byKeyId, required };
}
