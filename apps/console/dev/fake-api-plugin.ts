// Answers the console's calls from a made-up network while `vite` or `vite preview` serves it; never part of a build.
// CONSOLE_SCENE chooses what is shown: normal, empty, siteOnly, trouble, many, error, locked (key "open"), slow, dropping.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { fakeMoney } from './fake-money.js';
import { FakeNetwork, type Scene } from './fake-network.js';
import { FakeUptime } from './fake-uptime.js';

const STEP_MS = 1_000;

export function fakeApi(scene: Scene = (process.env.CONSOLE_SCENE as Scene | undefined) ?? 'normal'): Plugin {
  const attach = (server: { middlewares: Connect.Server; httpServer: { on(event: 'close', act: () => void): unknown } | null }) => {
    const network = new FakeNetwork(scene, Date.now());
    const uptime = new FakeUptime(network.stationRows(), Date.now());
    const feeds = new Set<ServerResponse>();
    let sequence = 0;
    const timer = setInterval(() => {
      const messages = network.step(Date.now(), STEP_MS);
      const text = messages.map(({ event, row }) => `id: ${++sequence}\nevent: ${event}\ndata: ${JSON.stringify(row)}\n\n`).join('');
      for (const feed of feeds) feed.write(text);
    }, STEP_MS);
    server.httpServer?.on('close', () => clearInterval(timer));
    server.middlewares.use((request: IncomingMessage, response: ServerResponse, next: Connect.NextFunction) => {
      const url = new URL(request.url ?? '/', 'http://fake');
      if (!url.pathname.startsWith('/v1/') && url.pathname !== '/console/session') return next();
      answer(scene, network, uptime, feeds, url, request, response);
    });
  };
  return {
    name: 'fake-api',
    apply: (_config, { command, isPreview }) => command === 'serve' || isPreview === true,
    configureServer: attach,
    configurePreviewServer: attach,
  };
}

function answer(
  scene: Scene,
  network: FakeNetwork,
  uptime: FakeUptime,
  feeds: Set<ServerResponse>,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
    response.end(JSON.stringify(body));
  };
  const problem = (status: number, title: string) => json(status, { type: 'about:blank', title, status });
  const list = (items: unknown[]) => json(200, { items, nextCursor: null });

  if (url.pathname === '/console/session') return scene === 'locked' ? problem(404, 'Not found') : json(200, { token: 'fake' });
  if (scene === 'slow') return undefined;
  if (scene === 'error') return problem(503, 'The database is not reachable');
  if (request.headers.authorization !== `Bearer ${scene === 'locked' ? 'open' : 'fake'}`) return problem(401, 'Key missing or unknown');
  const [, site, part] = /^\/v1\/sites\/([^/]+)\/(load|limits|shortfalls|outlook)$/.exec(url.pathname) ?? [];
  const at = (name: string) => Date.parse(url.searchParams.get(name) ?? '');
  if (site !== undefined && part !== undefined) return json(200, network.siteStory(decodeURIComponent(site), part, at('from'), at('to')));
  const [, outageId] = /^\/v1\/outages\/([^/]+)\/classifications$/.exec(url.pathname) ?? [];
  if (outageId !== undefined) {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    return request.on('end', () => json(201, uptime.judge(decodeURIComponent(outageId), JSON.parse(body))));
  }
  const [, station, evse] = /^\/v1\/stations\/([^/]+)\/evses\/(\d+)\/uptime\//.exec(url.pathname) ?? [];
  if (station !== undefined) return json(200, uptime.explained(`${decodeURIComponent(station)}-${evse}`, url.searchParams));
  if (/^\/v1\/sites\/[^/]+\/grid-limits$/.test(url.pathname)) return list([]);
  const money = scene === 'empty' ? undefined : fakeMoney(url.pathname, url.searchParams, Date.now());
  if (money !== undefined) return json(200, money);
  switch (url.pathname) {
    case '/v1/reports/uptime':
      return scene === 'empty' ? problem(422, 'There is nothing to report') : json(200, uptime.report(url.searchParams));
    case '/v1/outages':
      return list(uptime.outageRows(at('from'), at('to')));
    case '/v1/me':
      return json(200, { name: 'fake', role: 'admin', sites: null, may: ['POST /v1/stations/{stationId}/commands'] });
    case '/v1/sites':
      return list(network.siteRows());
    case '/v1/stations':
      return list(network.stationRows());
    case '/v1/certificates':
      return list(scene === 'empty' ? [] : network.certificateRows(Date.now()));
    case '/v1/campaigns':
    case '/v1/device-events':
    case '/v1/security-events':
      return list([]);
    case '/v1/holdings':
      return list(scene === 'empty' ? [] : network.holdingRows(Date.now()));
    case '/v1/sessions':
      return list(network.sessionRows());
    case '/v1/tariffs':
    case '/v1/cdrs':
    case '/v1/invoices':
      return list([]);
    case '/v1/alerts':
      return json(200, { items: [], counts: {}, total: 0 });
    case '/v1/reports/revenue':
      return json(200, { days: [], sites: [], tariffs: [], amounts: [] });
    case '/v1/reports/reconciliation':
    case '/v1/reports/reconciliation/invoices':
      return json(200, { rows: [], amounts: [] });
    case '/v1/events':
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': welcome\n\n');
      feeds.add(response);
      response.on('close', () => feeds.delete(response));
      if (scene === 'dropping') setTimeout(() => response.destroy(), 3_000);
      return undefined;
    default:
      return problem(404, 'Not found');
  }
}
