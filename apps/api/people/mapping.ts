// Who somebody is here, by the claims of whoever vouches for them: a role, a tenant and sites, as the operator declares it. Deny by default. Pure.
// Whether the claims are true is id-tokens.ts's.
import { z } from 'zod';
import type { Caller } from '../auth.js';
import { Problem } from '../problem.js';
import { ROLES } from '../roles.js';

const Claim = z.string().min(1).describe('name of a claim, or a path to one within others, such as realm_access.roles');

const Roles = z.enum(ROLES);
/** In the order they are written in, which JSON keeps of names, but not of names that are numbers. */
const RoleValues = z
  .record(z.string(), Roles)
  .refine((values) => Object.keys(values).length === 1 || !Object.keys(values).some((name) => /^\d+$/.test(name)), {
    message: 'values that are numbers lose their order: a list was expected, [["1000", "admin"], …]',
    abort: true,
  })
  .transform((values) => Object.entries(values));

export const MappingShape = z.strictObject({
  role: z.strictObject({
    claim: Claim,
    values: z
      .union([z.array(z.tuple([z.string(), Roles])).min(1), RoleValues])
      .describe('value of the claim → role; of several the first listed counts'),
  }),
  tenant: z.strictObject({ claim: Claim }).optional().describe('absent = default'),
  sites: z
    .strictObject({
      claim: Claim,
      everyFor: z.array(Roles).default([]).describe('roles that see every site of their tenant; the others only those of the claim'),
    })
    .optional()
    .describe('absent = everybody sees every site of the tenant'),
});
export type Mapping = z.output<typeof MappingShape>;

type Claims = Readonly<Record<string, unknown>>;

function claimOf(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Claims)[step];
  }
  return value;
}

/** Lists as they are, texts by their words. */
function valuesOf(claims: Claims, path: string): readonly string[] {
  const value = claimOf(claims, path);
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

const nobody = (detail: string): Problem => new Problem(403, 'forbidden', 'Nobody here', detail);

/** Throws the 403 problem for who has no role, no tenant or no site here. */
export function callerOf(claims: Claims, { role, tenant, sites }: Mapping): Caller {
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '') throw nobody('the token names nobody (sub)');
  const values = valuesOf(claims, role.claim);
  const [, found] = role.values.find(([value]) => values.includes(value)) ?? [];
  if (found === undefined) throw nobody(`nothing in ${role.claim} is a role here`);
  const tenantId = tenant === undefined ? 'default' : claimOf(claims, tenant.claim);
  if (typeof tenantId !== 'string' || !/^[A-Za-z0-9._-]{1,48}$/.test(tenantId)) throw nobody(`${tenant?.claim} names no tenant`);
  const caller = { kind: 'user' as const, tenantId, id: sub, name: sub, role: found };
  if (sites === undefined || sites.everyFor.includes(found)) return caller;
  const own = valuesOf(claims, sites.claim);
  if (own.length === 0) throw nobody(`${sites.claim} names no site`);
  return { ...caller, sites: own };
}
