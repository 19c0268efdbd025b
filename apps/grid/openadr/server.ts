// What an OpenADR 3 server (VTN) is asked and told about a program: its events, our name and our connections, reports. 3.0.1 and 3.1.
// When, and what becomes of the answer, is polling.ts' and reporting.ts'; how it is spoken to, session.ts'.
import { z } from 'zod';
import type { Reach } from '#outbound';
import { type Answer, asking, read, ServerSilent } from '../http.js';
import { type Listening, listening } from './mqtt.js';
import { type Objects, type ServerCall, type VtnSession, vtnSession } from './session.js';
import { type Callback, subscribed, unsubscribed } from './subscription.js';

export interface HeardProgram {
  /** As the server calls the program in its own words. */
  readonly programID: string;
  readonly attributes: ReadonlyMap<string, unknown>;
  /** By their ids, as they were said. */
  readonly events: ReadonlyMap<string, unknown>;
}

/** A report in the words of OpenADR 3; `reportName` is the same whenever it is made. */
export interface Report {
  readonly programID?: string;
  readonly eventID: string;
  readonly clientName: string;
  readonly reportName: string;
  readonly payloadDescriptors: readonly object[];
  readonly resources: readonly object[];
}

/** Each rejects with ServerSilent. */
export interface GridServer {
  hear(call: ServerCall): Promise<HeardProgram>;
  /** Makes sure that the server knows our name and each connection. */
  introduce(call: ServerCall): Promise<void>;
  /** Names of the reports we made for an event. */
  reported(call: ServerCall, eventId: string): Promise<ReadonlySet<string>>;
  /** Makes sure that the server tells `callback` when the program or its events change. */
  subscribe(call: ServerCall, programID: string, callback: Callback): Promise<void>;
  /** Makes sure that it does not any more. */
  unsubscribe(call: ServerCall, programID: string, callbackUrl: string): Promise<void>;
  /** Hears the topics of its broker; `on.end` once that is over. */
  listen(call: ServerCall, programID: string, on: Parameters<typeof listening>[3]): Promise<Listening>;
  /** Undefined: it has the report; a reason: it never will. */
  report(call: ServerCall, report: Report): Promise<string | undefined>;
}

const NAMES_AT_ONCE = 50;
const Attributes = z.array(z.looseObject({ type: z.string(), values: z.array(z.unknown()).min(1) })).catch([]);
/** What 3.0.1 has as fields of a program and 3.1 among its attributes. */
const FIELDS = { retailerName: 'RETAILER_NAME', programType: 'PROGRAM_TYPE', bindingEvents: 'BINDING_EVENTS' } as const;
const Made = z.looseObject({ id: z.string().min(1).max(128) });

export function openAdrServer(now: () => number, reach: Reach): GridServer {
  const session = vtnSession(now, asking(reach));
  const { pages, send } = session;
  return {
    async hear(call) {
      const { programName, version } = call.server;
      let program: Objects[number] | undefined;
      for await (const page of pages(call, 'programs', [])) program ??= page.find((each) => each.programName === programName);
      if (program === undefined) throw new ServerSilent(`it has no program ${programName} for us`);
      const events = new Map<string, unknown>();
      const about = [['programID', program.id]] as const;
      const questions = [
        about,
        ...(version === '3.1' ? chunks(call.names).map((names) => [...about, ...names.map((name) => ['targets', name] as const)]) : []),
      ];
      for (const question of questions)
        for await (const page of pages(call, 'events', question))
          for (const event of page) if (event.programID === program.id) events.set(event.id, event);
      return { programID: program.id, attributes: attributesOf(program), events };
    },
    introduce: (call) => introduced(session, call),
    subscribe: (call, programID, callback) => subscribed(session, call, programID, callback),
    unsubscribe: (call, programID, callbackUrl) => unsubscribed(session, call, programID, callbackUrl),
    listen: (call, programID, on) => listening(session, call, programID, on, reach),
    async reported(call, eventId) {
      const names = new Set<string>();
      for await (const page of pages(call, 'reports', [
        ['eventID', eventId],
        ['clientName', call.server.venName],
      ]))
        for (const { reportName, eventID } of page) if (eventID === eventId && typeof reportName === 'string') names.add(reportName);
      return names;
    },
    async report(call, report) {
      const { status } = await send(call, 'POST', 'reports', report);
      if (status === 409 || (status >= 200 && status <= 299)) return undefined;
      // What is wrong with the report itself will be wrong with it the next time.
      if (status === 400 || status === 404 || status === 422) return `it answered ${status}`;
      throw new ServerSilent(`it answered ${status}`);
    },
  };
}

/** Our name there, and a resource for each connection, where they are not known yet. */
async function introduced({ pages, send }: VtnSession, call: ServerCall): Promise<void> {
  const { venName, version } = call.server;
  const isNew = version === '3.1';
  const find = async (path: string, query: readonly (readonly [string, string])[]): Promise<Objects> => {
    const found: Objects = [];
    for await (const page of pages(call, path, query)) found.push(...page);
    return found;
  };
  const own = (await find('vens', [['venName', venName]])).find((each) => each.venName === venName);
  const ven =
    own ?? made(await send(call, 'POST', 'vens', { ...(isNew && { objectType: 'VEN_VEN_REQUEST' }), venName }), `our name ${venName}`);
  const path = isNew ? 'resources' : `vens/${encodeURIComponent(ven.id)}/resources`;
  const known = new Set((await find(path, isNew ? [['venID', ven.id]] : [])).map(({ resourceName }) => resourceName));
  for (const resourceName of call.names.filter((name) => !known.has(name)))
    made(
      await send(call, 'POST', path, { ...(isNew && { objectType: 'VEN_RESOURCE_REQUEST', venID: ven.id }), resourceName }),
      `the connection ${resourceName}`,
    );
}

function made(answer: Answer, what: string): z.infer<typeof Made> {
  if (answer.status === 409) throw new ServerSilent(`${what} belongs to somebody else there`);
  const object = Made.safeParse(read(answer));
  if (!object.success) throw new ServerSilent(`its answer about ${what} cannot be read`);
  return object.data;
}

const chunks = (names: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(names.length / NAMES_AT_ONCE) }, (_, index) =>
    names.slice(index * NAMES_AT_ONCE, (index + 1) * NAMES_AT_ONCE),
  );

function attributesOf(program: Objects[number]): ReadonlyMap<string, unknown> {
  const fields = Object.entries(FIELDS).flatMap(([field, name]) => (program[field] == null ? [] : [[name, program[field]] as const]));
  return new Map([...fields, ...Attributes.parse(program.attributes ?? []).map(({ type, values }) => [type, values[0]] as const)]);
}
