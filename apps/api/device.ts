// What stations are made of, hold and were asked: settings wanted and told, monitors, events, transfers and orders.
// What an operator wants of one station becomes commands; what is wanted of a site's stations is a fact of its stream.
import { z } from 'zod';
import type { WantedSetting } from '#contracts';
import { differences, type Setting, settingMessages, wantedOf } from '#domain/device';
import { isOcppVersion } from '#ocpp';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import { requestCommand, requestMessages } from './commands.js';
import { type DeviceReads, settingOf } from './device-reads.js';
import { type Call, ok, type Route, route } from './http.js';
import { type Lookups, SiteId, StationId } from './lookups.js';
import { conflict, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import * as shapes from './schemas.js';

const Name = z.string().min(1).max(50);
const Component = z.strictObject({
  name: Name,
  instance: Name.optional(),
  evse: z.strictObject({ id: z.number().int().min(1), connectorId: z.number().int().min(1).optional() }).optional(),
});
const Variable = z.strictObject({ name: Name, instance: Name.optional() });
const Named = z.strictObject({
  component: Component.optional().describe('absent = a configuration key of 1.6'),
  variable: Variable,
  attribute: z.enum(['Actual', 'Target', 'MinSet', 'MaxSet']).optional(),
});
const isSecret = (name: string): boolean => /password|authorizationkey|privatekey/i.test(name);
const Wanted = Named.extend({ value: z.string().max(2500) }).refine(({ variable }) => !isSecret(variable.name), {
  path: ['variable'],
  message: 'is a secret of one station: PUT the station with its password, or send it a command',
});
const SettingsBody = z.strictObject({ settings: z.array(Wanted).min(1).max(500) });
const QueryBody = z.strictObject({ variables: z.array(Named).min(1).max(500) });
const TemplatePath = z.object({ siteId: shapes.Id, templateId: shapes.Id });
const TemplateBody = z.strictObject({
  appliesTo: z
    .strictObject({
      vendor: Name.optional(),
      model: Name.optional(),
      firmwareVersion: Name.optional(),
      ocppVersion: z.enum(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']).optional(),
    })
    .default({})
    .describe('what is absent holds for every station of the site; the narrower one of two wins'),
  settings: z.array(Wanted).min(1).max(500),
});
const EventPath = z.object({ stationId: shapes.StationIdText, eventId: z.string().regex(/^\d{1,16}(-\d{1,6})?$/) });
const AckBody = z.strictObject({ note: z.string().max(500).optional() });
const EventsQuery = shapes.Page.extend({
  stationId: shapes.StationIdText.optional(),
  acknowledged: z.enum(['true', 'false']).optional(),
});
const DeviceEventsQuery = EventsQuery.extend({
  standing: z.enum(['true', 'false']).optional().describe('true: alerts that nothing has cleared'),
  severity: z.coerce.number().int().min(0).max(9).optional().describe('at least as severe: 0 = danger … 9 = debug'),
});
const SecurityEventsQuery = EventsQuery.extend({ criticality: z.enum(['critical', 'ordinary', 'unknown']).optional() });

const TIMEOUT_MS = 30_000;
const ON_THE_WAY = { 202: 'durable and on their way, one after the other in this order', 409: 'the station has never connected' };

interface Spoken {
  readonly siteId: string;
  readonly ocppVersion: string;
}

export function deviceRoutes(world: World, reads: Reads, device: DeviceReads, { siteOf, knownSite }: Lookups): readonly Route[] {
  const spokenBy = async (tenantId: string, stationId: string): Promise<Spoken> => {
    const siteId = await siteOf(tenantId, stationId);
    const ocppVersion = (await reads.station(tenantId, stationId))?.ocppVersion;
    if (typeof ocppVersion !== 'string' || !isOcppVersion(ocppVersion))
      throw conflict(`the station ${stationId} has never connected, so it is not known which OCPP version it speaks`);
    return { siteId, ocppVersion };
  };

  /** In messages of as many items and bytes as the station takes; the commands in their order. */
  async function send(
    { caller, params }: Call<{ readonly stationId: string }, unknown, unknown>,
    kind: 'set' | 'get',
    settings: readonly Setting[],
  ) {
    const { tenantId } = caller;
    const { stationId } = params;
    const { siteId, ocppVersion } = await spokenBy(tenantId, stationId);
    const messages = settingMessages(ocppVersion, kind, settings, await device.toldVariables(tenantId, stationId));
    const place = { tenantId, siteId, stationId, ocppVersion, timeoutMs: TIMEOUT_MS, requestedBy: `api:${caller.name}` };
    const [only, ...others] = messages;
    const ids =
      only !== undefined && others.length === 0
        ? [await requestCommand(world, { ...place, ...only, idempotencyKey: undefined })]
        : await requestMessages(world, place, messages);
    const commands = messages.map(({ action }, index) => ({ commandId: ids[index], action }));
    return { status: 202, body: { commands } };
  }

  const settingsOf = async (tenantId: string, stationId: string) => {
    const siteId = await siteOf(tenantId, stationId);
    const station = (await reads.station(tenantId, stationId)) ?? {};
    const templates = await device.templates(tenantId, siteId);
    return differences(wantedOf(templates, station as Parameters<typeof wantedOf>[1]), await device.toldVariables(tenantId, stationId));
  };

  const acknowledge = (
    table: 'device_events' | 'security_events',
    type: 'DeviceEventAcknowledged' | 'SecurityEventAcknowledged',
    path: string,
    summary: string,
  ): Route =>
    route({
      method: 'post',
      path,
      answer: answers.Nothing,
      summary,
      params: EventPath,
      body: AckBody,
      answers: { 204: 'recorded', 404: 'there is no such event' },
      async handle({ caller, params: { stationId, eventId }, body }) {
        const { tenantId } = caller;
        const siteId = await device.siteOfEvent(table, tenantId, stationId, eventId);
        if (siteId === undefined) throw notFound(`the event ${eventId}`);
        const data = { stationId, eventId, acknowledgedBy: `api:${caller.name}`, ...(body.note !== undefined && { note: body.note }) };
        await passed(world, 'stations', await append(world, 'site-events', { type, tenantId, siteId, stationId, data }));
        return { status: 204 };
      },
    });

  const templates = async (tenantId: string, siteId: string) =>
    (await device.templates(tenantId, siteId)).map(({ settings: _, stated, ...item }) => ({ ...item, settings: stated }));
  const oneTemplate = async (tenantId: string, { siteId, templateId }: z.output<typeof TemplatePath>) => {
    const found = (await templates(tenantId, siteId)).find((each) => each.templateId === templateId);
    if (found === undefined) throw notFound(`the settings ${templateId} of ${siteId}`);
    return found;
  };
  const template = async (tenantId: string, siteId: string, data: Parameters<typeof wanted>[0]): Promise<void> => {
    await knownSite(tenantId, siteId);
    await passed(
      world,
      'stations',
      await append(world, 'site-events', { type: 'DeviceSettingsWanted', tenantId, siteId, data: wanted(data) }),
    );
  };

  return [
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/variable-settings',
      answer: answers.AskedSettings,
      summary: 'Set variables (2.x) or configuration keys (1.6), in messages of as many items and bytes as the station takes',
      params: StationId,
      body: SettingsBody,
      answers: ON_THE_WAY,
      handle: (call) => send(call, 'set', call.body.settings.map(settingOf)),
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/variable-queries',
      answer: answers.AskedSettings,
      summary: 'Ask for variables (2.x) or configuration keys (1.6); what is told is shown by /variables',
      params: StationId,
      body: QueryBody,
      answers: ON_THE_WAY,
      handle: (call) => send(call, 'get', call.body.variables.map(settingOf)),
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/device-settings',
      answer: answers.listOf(answers.DeviceTemplate),
      summary: 'What stations of the site are wanted to be set to, by vendor, model, firmware and version',
      params: SiteId,
      async handle({ caller, params }) {
        await knownSite(caller.tenantId, params.siteId);
        return ok({ items: await templates(caller.tenantId, params.siteId) });
      },
    }),
    route({
      method: 'put',
      path: '/v1/sites/{siteId}/device-settings/{templateId}',
      answer: answers.DeviceTemplate,
      summary: 'Say what stations of the site are to be set to; nothing is sent until somebody repairs',
      params: TemplatePath,
      body: TemplateBody,
      async handle({ caller, params, body }) {
        await template(caller.tenantId, params.siteId, { templateId: params.templateId, ...body, requestedBy: `api:${caller.name}` });
        return ok(await oneTemplate(caller.tenantId, params));
      },
    }),
    route({
      method: 'get',
      path: '/v1/sites/{siteId}/device-settings/{templateId}',
      answer: answers.DeviceTemplate,
      configured: ['appliesTo', 'settings'],
      summary: 'One of them',
      params: TemplatePath,
      answers: { 200: 'as it was said', 404: 'no such settings are wanted there' },
      handle: async ({ caller, params }) => ok(await oneTemplate(caller.tenantId, params)),
    }),
    route({
      method: 'delete',
      path: '/v1/sites/{siteId}/device-settings/{templateId}',
      answer: answers.Nothing,
      summary: 'Withdraw what stations were to be set to; they stay as they are',
      params: TemplatePath,
      answers: { 204: 'withdrawn' },
      async handle({ caller, params }) {
        const { templateId } = params;
        await template(caller.tenantId, params.siteId, { templateId, appliesTo: {}, settings: [], requestedBy: `api:${caller.name}` });
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/device-settings',
      answer: answers.listOf(answers.DeviceSetting),
      summary: 'Wanted settings of a station beside what it tells, and whether they differ',
      params: StationId,
      async handle({ caller, params }) {
        return ok({ items: (await settingsOf(caller.tenantId, params.stationId)).map(shown) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/stations/{stationId}/device-settings/repairs',
      answer: answers.AskedSettings,
      summary: 'Set what differs from the wanted settings, or was never told',
      params: StationId,
      answers: ON_THE_WAY,
      async handle(call) {
        const states = await settingsOf(call.caller.tenantId, call.params.stationId);
        return send(
          call,
          'set',
          states.filter(({ state }) => state === 'differs' || state === 'notTold').map(({ wanted: setting }) => setting),
        );
      },
    }),
    ...(
      [
        ['reports', answers.DeviceReport, 'Reports of the device model somebody asked for, with how far they have come'],
        ['transfers', answers.Transfer, 'Firmware and logs: the last transfer of each kind, from the command to its end'],
        ['orders', answers.Order, 'The last order of each kind: what was wanted, what the station answered, and whether it came about'],
      ] as const
    ).map(([what, each, summary]) =>
      route({
        method: 'get',
        path: `/v1/stations/{stationId}/${what}`,
        answer: answers.listOf(each),
        summary,
        params: StationId,
        async handle({ caller, params }) {
          await siteOf(caller.tenantId, params.stationId);
          return ok({ items: await device[what](caller.tenantId, params.stationId) });
        },
      }),
    ),
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/monitors',
      answer: answers.Monitors,
      summary: 'Monitors of the station as it confirmed or reported them, with their base and level',
      params: StationId,
      async handle({ caller, params }) {
        await siteOf(caller.tenantId, params.stationId);
        return ok(await device.monitors(caller.tenantId, params.stationId));
      },
    }),
    route({
      method: 'get',
      path: '/v1/device-events',
      answer: answers.pageOf(answers.DeviceEvent),
      summary: 'What stations told of their variables (NotifyEvent), newest first',
      query: DeviceEventsQuery,
      handle: async ({ caller, query }) => ok(await device.deviceEvents(caller.tenantId, query)),
    }),
    acknowledge(
      'device_events',
      'DeviceEventAcknowledged',
      '/v1/stations/{stationId}/device-events/{eventId}/acknowledgements',
      'Say that somebody saw it',
    ),
    route({
      method: 'get',
      path: '/v1/security-events',
      answer: answers.pageOf(answers.SecurityEvent),
      summary:
        'Security events of stations, newest first, with how critical they are by the list of OCPP; CardsGuessed is told by the network itself',
      query: SecurityEventsQuery,
      handle: async ({ caller, query }) => ok(await device.securityEvents(caller.tenantId, query)),
    }),
    acknowledge(
      'security_events',
      'SecurityEventAcknowledged',
      '/v1/stations/{stationId}/security-events/{eventId}/acknowledgements',
      'Say that somebody saw it',
    ),
  ];
}

type Stated = z.output<typeof TemplateBody> & { readonly templateId: string; readonly requestedBy: string };

/** Without members that are there and undefined. */
const wanted = ({ templateId, appliesTo, settings, requestedBy }: Stated) =>
  ({
    templateId,
    appliesTo: JSON.parse(JSON.stringify(appliesTo)),
    settings: JSON.parse(JSON.stringify(settings)) as readonly WantedSetting[],
    requestedBy,
  }) as const;

const shown = ({
  wanted: { component, componentInstance, evseId, connectorId, variable, variableInstance, attribute, value },
  told,
  state,
  templateId,
}: ReturnType<typeof differences>[number]) => ({
  component:
    component === ''
      ? null
      : {
          name: component,
          instance: componentInstance || null,
          evse: evseId === 0 ? null : { id: evseId, connectorId: connectorId || null },
        },
  variable: { name: variable, instance: variableInstance || null },
  attribute,
  wanted: value,
  told,
  state,
  templateId,
});
