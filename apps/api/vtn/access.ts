// Who may do what at our OpenADR 3 server: scopes of OpenADR 3.1 by the kind of client, and whom an object is for.
// Who a client is, tokens.ts says.
import type { VtnClientKind, VtnObjectType } from '#contracts';

const SCOPES = {
  businessLogic: ['read_all', 'write_programs', 'write_events', 'write_subscriptions', 'write_vens'],
  ven: ['read_targets', 'read_ven_objects', 'write_reports', 'write_subscriptions', 'write_vens'],
} as const satisfies Readonly<Record<VtnClientKind, readonly string[]>>;
export type Scope = (typeof SCOPES)[VtnClientKind][number];

export interface VtnCaller {
  readonly tenantId: string;
  readonly clientId: string;
  readonly kind: VtnClientKind;
  readonly scopes: readonly Scope[];
}

/** Of those that are asked for, what a client of that kind may have; all of it where none is named. What nobody has is left out (RFC 6749, 3.3). */
export function grantedScopes(kind: VtnClientKind, asked: string): readonly Scope[] {
  const wanted = asked.split(' ').filter((each) => each !== '');
  return SCOPES[kind].filter((scope) => wanted.length === 0 || wanted.includes(scope));
}

/** Programs and events are for whom they target; everything else is its client's own. */
export const isTargeted = (type: VtnObjectType): boolean => type === 'PROGRAM' || type === 'EVENT';

export function scopeToRead(type: VtnObjectType, { kind }: Pick<VtnCaller, 'kind'>): Scope {
  return kind === 'businessLogic' ? 'read_all' : isTargeted(type) ? 'read_targets' : 'read_ven_objects';
}

export const SCOPE_TO_WRITE = {
  PROGRAM: 'write_programs',
  EVENT: 'write_events',
  REPORT: 'write_reports',
  SUBSCRIPTION: 'write_subscriptions',
  VEN: 'write_vens',
  RESOURCE: 'write_vens',
} as const satisfies Readonly<Record<VtnObjectType, Scope>>;

/** Targets a client was granted, by its vens and their resources. */
export function grantedTargets(
  objects: readonly { readonly type: VtnObjectType; readonly clientId?: string; readonly targets: readonly string[] }[],
  clientId: string,
): readonly string[] {
  const own = objects.filter((each) => (each.type === 'VEN' || each.type === 'RESOURCE') && each.clientId === clientId);
  return [...new Set(own.flatMap(({ targets }) => targets))];
}
