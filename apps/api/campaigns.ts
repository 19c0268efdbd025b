// Campaigns: firmware or logs of many stations, in waves; each site runs its part, all under one id.
// Waves, retries and how each station goes on are the stations service's.
import { z } from 'zod';
import type { CampaignRequested } from '#contracts';
import { type CampaignOrder, campaignMessage } from '#domain/device';
import { commandFaults } from '#domain/station-commands';
import { isOcppVersion, validate } from '#ocpp';
import type { World } from '#ports';
import * as answers from './answers/index.js';
import type { DeviceReads } from './device-reads.js';
import { ok, type Route, route } from './http.js';
import { AnyId, type Lookups } from './lookups.js';
import { badRequest, notFound } from './problem.js';
import type { Reads } from './reads.js';
import { append, passed } from './requests.js';
import * as shapes from './schemas.js';

const Moment = shapes.Timestamp;
/** What a campaign asks is in the log as it is sent, and so can hold no secret. */
const Location = z
  .string()
  .max(512)
  .refine(
    (value) => URL.canParse(value) && ['http:', 'https:', 'ftp:', 'ftps:', 'sftp:'].includes(new URL(value).protocol),
    'an address to load from or to was expected',
  )
  .refine(
    (value) => !URL.canParse(value) || (new URL(value).username === '' && new URL(value).password === ''),
    'must not hold a password: send single stations a command, which is kept without it',
  );
const Order = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('firmware'),
      location: Location,
      retrieveAt: Moment.optional().describe('absent = now'),
      installAt: Moment.optional(),
      signature: z.string().max(800).optional(),
      signingCertificate: z.string().max(5500).optional(),
    })
    .refine(({ signature, signingCertificate }) => (signature === undefined) === (signingCertificate === undefined), {
      path: ['signingCertificate'],
      message: 'signed firmware comes with its signature and the certificate it was signed with',
    }),
  z.strictObject({ kind: z.literal('publish'), location: Location, checksum: z.string().max(32) }),
  z.strictObject({
    kind: z.literal('log'),
    location: Location,
    log: z.enum(['diagnostics', 'security']),
    from: Moment.optional(),
    to: Moment.optional(),
  }),
]);
const CampaignBody = z.strictObject({
  order: Order,
  stationIds: z.array(shapes.StationIdText).min(1).max(5000),
  waveSize: z.number().int().min(1).max(1000).default(5).describe('as many at a time at each site'),
  attempts: z.number().int().min(1).max(20).default(3),
  retryAfterS: z.number().int().min(10).max(86_400).default(900),
  quietAfterS: z
    .number()
    .int()
    .min(60)
    .max(604_800)
    .default(7200)
    .describe('a station that says nothing for so long, after it was to load or install its firmware, has failed'),
  stopAfterFailures: z.number().int().min(1).max(5000).optional().describe('at a site; absent = never'),
});

type Message = CampaignRequested['messages'][number];

export function campaignRoutes(world: World, reads: Reads, device: DeviceReads, { siteOf }: Lookups): readonly Route[] {
  async function messageFor(tenantId: string, stationId: string, order: CampaignOrder, requestId: number, index: number): Promise<Message> {
    const version = (await reads.station(tenantId, stationId))?.ocppVersion;
    const fault = (message: string) => badRequest(`${stationId}: ${message}`, [{ path: `stationIds.${index}`, message }]);
    if (typeof version !== 'string' || !isOcppVersion(version))
      throw fault('has never connected, so it is not known which OCPP version it speaks');
    const message = campaignMessage(version, order, requestId);
    if (message === undefined) throw fault(`there is no such message in ${version}`);
    const [violation] = [
      ...validate(version, message.action, 'request', message.payload),
      ...commandFaults(version, message.action, message.payload),
    ];
    if (violation !== undefined) throw fault(`${message.action}${violation.path}: ${violation.message}`);
    return { ocppVersion: version, ...message };
  }

  return [
    route({
      method: 'post',
      path: '/v1/campaigns',
      answer: answers.OneCampaign,
      summary: 'Firmware, its publication, or logs for many stations, in waves; stations that are away are asked again',
      body: CampaignBody,
      answers: { 202: 'durable, and the first waves are asked', 400: 'a station cannot be asked so' },
      async handle({ caller, body }) {
        const { tenantId } = caller;
        const { order, stationIds, stopAfterFailures, ...rules } = body;
        const campaignId = world.ids.next();
        const requestId = Number.parseInt(campaignId.replace(/[^0-9a-f]/g, '').slice(-7), 16);
        const dated: CampaignOrder =
          order.kind === 'firmware' ? { ...order, retrieveAt: order.retrieveAt ?? new Date(world.clock.now()).toISOString() } : order;
        const sites = new Map<string, CampaignRequested['stations'][number][]>();
        const messages = new Map<string, Message>();
        for (const [index, stationId] of [...new Set(stationIds)].entries()) {
          const siteId = await siteOf(tenantId, stationId);
          const message = await messageFor(tenantId, stationId, dated, requestId, index);
          messages.set(message.ocppVersion, message);
          sites.set(siteId, [...(sites.get(siteId) ?? []), { stationId, ocppVersion: message.ocppVersion }]);
        }
        const common = { campaignId, kind: order.kind, ...rules, requestedBy: `api:${caller.name}` };
        const data = { ...common, messages: [...messages.values()], ...(stopAfterFailures !== undefined && { stopAfterFailures }) };
        for (const [siteId, stations] of sites) {
          const position = await append(world, 'site-events', { type: 'CampaignRequested', tenantId, siteId, data: { ...data, stations } });
          await passed(world, 'stations', position);
        }
        return { status: 202, body: await device.campaign(tenantId, campaignId), headers: { location: `/v1/campaigns/${campaignId}` } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/campaigns',
      answer: answers.pageOf(answers.Campaign),
      summary: 'Campaigns, newest first, with how many stations are how far',
      query: shapes.Page,
      handle: async ({ caller, query }) => ok(await device.campaigns(caller.tenantId, query)),
    }),
    route({
      method: 'get',
      path: '/v1/campaigns/{id}',
      answer: answers.OneCampaign,
      summary: 'A campaign with each of its stations',
      params: AnyId,
      async handle({ caller, params }) {
        const campaign = await device.campaign(caller.tenantId, params.id);
        if (campaign === undefined) throw notFound(`the campaign ${params.id}`);
        return ok(campaign);
      },
    }),
    route({
      method: 'post',
      path: '/v1/campaigns/{id}/stop',
      answer: answers.OneCampaign,
      summary: 'No station begins any more; those that began go on',
      params: AnyId,
      async handle({ caller, params }) {
        const { tenantId } = caller;
        const campaign = await device.campaign(tenantId, params.id);
        if (campaign === undefined) throw notFound(`the campaign ${params.id}`);
        const data = { campaignId: params.id, requestedBy: `api:${caller.name}` };
        for (const siteId of campaign.siteIds as readonly string[])
          await passed(world, 'stations', await append(world, 'site-events', { type: 'CampaignStopped', tenantId, siteId, data }));
        return ok(await device.campaign(tenantId, params.id));
      },
    }),
  ];
}
