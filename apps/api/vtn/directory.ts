// What our OpenADR 3 server has, tenant by tenant: clients and objects by name and by what they refer to, and why something asked for does not count.
// What objects say is in the rows; who may ask is access.ts', how it is asked door.ts'.
import type { NetworkEvent, Recorded, VtnClientKind, VtnObjectType } from '#contracts';
import type { ServiceDefinition } from '#service';
import { VTN_TABLES, vtnRows } from './tables.js';

export type VtnFact = Extract<
  Recorded<NetworkEvent>,
  { type: 'VtnClientMade' | 'VtnClientRemoved' | 'VtnObjectWritten' | 'VtnObjectRemoved' }
>;

/** Who is told of what. */
export interface Operation {
  readonly objects: readonly string[];
  readonly operations: readonly string[];
  readonly callbackUrl: string;
  /** Sealed. */
  readonly bearerToken?: string | null;
}
export interface KnownObject {
  readonly type: VtnObjectType;
  readonly createdAt: string;
  readonly clientId?: string;
  /** Of programs and vens among all of the tenant, of resources among those of a ven. */
  readonly name?: string;
  readonly programID?: string;
  readonly eventID?: string;
  readonly venID?: string;
  readonly targets: readonly string[];
  /** Of a subscription. */
  readonly operations?: readonly Operation[];
}
/** Plain JSON, never mutated. */
export interface Directory {
  readonly clients: Readonly<Record<string, VtnClientKind>>;
  readonly objects: Readonly<Record<string, KnownObject>>;
}
const EMPTY: Directory = { clients: {}, objects: {} };

/** For sub-sites and tests: more is not kept. */
export const MOST_OBJECTS = 20_000;

export interface Refusal {
  readonly status: 404 | 409;
  readonly reason: string;
}

export const vtnDefinition: ServiceDefinition<Directory, NetworkEvent> = {
  name: 'vtn',
  inputs: ['network-events'],
  outputs: [],
  tables: VTN_TABLES,
  passesBy: ({ headers }) => headers.ce_type?.startsWith('Vtn') !== true,
  fold: {
    aggregateOf: (input) => (isVtnFact(input) ? input.tenantId : undefined),
    initial: () => EMPTY,
    decide: () => [],
    evolve: (state, input) => (isVtnFact(input) && refusalOf(state, input) === undefined ? after(state, input) : state),
    isClosed: ({ clients, objects }) => Object.keys(clients).length + Object.keys(objects).length === 0,
    project: ({ before, after, input }) => (isVtnFact(input) ? vtnRows(before, after, input, refusalOf(before, input)) : []),
  },
};

const isVtnFact = (input: Recorded<NetworkEvent>): input is VtnFact => input.type.startsWith('Vtn');

/** Why it does not count; undefined: it does. */
export function refusalOf({ clients, objects }: Directory, input: VtnFact): Refusal | undefined {
  switch (input.type) {
    case 'VtnClientMade':
      return clients[input.data.clientId] === undefined ? undefined : taken(`the client ${input.data.clientId}`);
    case 'VtnClientRemoved':
      return undefined;
    case 'VtnObjectRemoved':
      return objects[input.data.objectId] === undefined ? gone : undefined;
    case 'VtnObjectWritten': {
      const { objectId, isNew } = input.data;
      const known = Object.entries(objects);
      if (!isNew && objects[objectId] === undefined) return gone;
      if (isNew && known.length >= MOST_OBJECTS) return { status: 409, reason: `it keeps ${MOST_OBJECTS} objects` };
      const { type, name, venID, ...refers } = knownOf(input);
      const missing = Object.entries({ PROGRAM: refers.programID, EVENT: refers.eventID, VEN: venID }).find(
        ([wanted, id]) => id !== undefined && objects[id]?.type !== wanted,
      );
      if (missing !== undefined) return { status: 409, reason: `there is no ${missing[0].toLowerCase()} ${missing[1]}` };
      const isTaken = ([id, each]: (typeof known)[number]): boolean =>
        id !== objectId && each.type === type && each.name === name && each.venID === venID;
      return name !== undefined && known.some(isTaken) ? taken(`the name ${name}`) : undefined;
    }
  }
}

const gone: Refusal = { status: 404, reason: 'it is not there' };
const taken = (what: string): Refusal => ({ status: 409, reason: `${what} is there already` });

function after(directory: Directory, input: VtnFact): Directory {
  const { clients, objects } = directory;
  switch (input.type) {
    case 'VtnClientMade':
      return { ...directory, clients: { ...clients, [input.data.clientId]: input.data.kind } };
    case 'VtnClientRemoved': {
      const { [input.data.clientId]: _, ...others } = clients;
      return {
        clients: others,
        objects: without(objects, ({ type, clientId }) => type === 'SUBSCRIPTION' && clientId === input.data.clientId),
      };
    }
    case 'VtnObjectRemoved': {
      const { objectId } = input.data;
      const left = without(objects, (each, id) => id === objectId || [each.programID, each.eventID, each.venID].includes(objectId));
      // Reports refer to events alone.
      return { clients, objects: without(left, ({ eventID }) => eventID !== undefined && left[eventID] === undefined) };
    }
    case 'VtnObjectWritten': {
      const { objectId } = input.data;
      const createdAt = objects[objectId]?.createdAt ?? input.time;
      return { clients, objects: { ...objects, [objectId]: { ...knownOf(input), createdAt } } };
    }
  }
}

function without(objects: Directory['objects'], isGone: (each: KnownObject, id: string) => boolean): Directory['objects'] {
  return Object.fromEntries(Object.entries(objects).filter(([id, each]) => !isGone(each, id)));
}

const NAMES: Readonly<Partial<Record<VtnObjectType, string>>> = { PROGRAM: 'programName', VEN: 'venName', RESOURCE: 'resourceName' };

function knownOf({ time, data: { objectType, clientId, content } }: VtnFact & { readonly type: 'VtnObjectWritten' }): KnownObject {
  const text = (as: 'name' | 'programID' | 'eventID' | 'venID', field: string | undefined): object => {
    const said = field === undefined ? undefined : content[field];
    return typeof said === 'string' ? { [as]: said } : {};
  };
  return {
    type: objectType,
    createdAt: time,
    ...(clientId !== undefined && { clientId }),
    ...text('name', NAMES[objectType]),
    ...text('programID', 'programID'),
    ...text('eventID', 'eventID'),
    ...text('venID', 'venID'),
    targets: Array.isArray(content.targets) ? (content.targets as readonly string[]) : [],
    ...(objectType === 'SUBSCRIPTION' && { operations: content.objectOperations as readonly Operation[] }),
  };
}
