// What one record costs the owner of a large site: decide, evolve, rows and the next deadline, on the fold alone, without log or database.
// MeterValues of stations that all charge, spread evenly over their interval. Needs `npm run build`.
// node test/bench/owner.mjs [--stations 10,100,1000] [--records 3000] [--interval 20]

import { loadBalancingDefinition } from '#apps/load-balancing';
import { parseArgs } from './support/options.mjs';
import { report } from './support/report.mjs';

const { values } = parseArgs({
  options: {
    stations: { type: 'string', default: '10,100,1000' },
    records: { type: 'string', default: '3000' },
    interval: { type: 'string', default: '20' },
  },
});
const { fold } = loadBalancingDefinition;

/** The stream of one site, folded as the service folds it; stations accept what they are told. */
class Stream {
  state = fold.initial('t/s');
  nowMs = Date.parse('2026-03-01T12:00:00Z');
  #offset = 0;
  #connections = new Map();
  rows = 0;

  put(type, data, stationId) {
    const offset = this.#offset++;
    const at = { topic: 'site-events', partition: 0, offset };
    const common = {
      id: `r${offset}`,
      type,
      data,
      source: '/bench',
      time: new Date(this.nowMs).toISOString(),
      tenantId: 't',
      siteId: 's',
      at,
    };
    const input = stationId === undefined ? common : { ...common, stationId };
    const before = this.state;
    const outputs = fold.decide(before, input);
    const after = fold.evolve(before, input, outputs);
    this.rows += fold.project({ aggregate: 't/s', before, after, input, outputs }).length;
    this.state = after;
    fold.nextDue(after);
    if (type === 'StationConnected') this.#connections.set(stationId, offset);
    for (const output of outputs) if (output.topic === 'site-events') this.put(output.type, output.data, output.stationId);
    if (type !== 'CommandRequested') return;
    const outcome = { commandId: data.commandId, connectionId: 'c', generation: this.#generation(stationId) };
    this.put('CommandSent', outcome, stationId);
    const isLimit = data.grant !== undefined;
    this.put('CommandAnswered', { ...outcome, payload: { status: isLimit ? 'Accepted' : 'NotSupported' }, violations: [] }, stationId);
  }

  #generation = (stationId) => ({ assignmentSeq: 1, offset: this.#connections.get(stationId) ?? 0 });

  call(stationId, action, payload, answer = {}) {
    const shape = { connectionId: 'c', ocppVersion: 'ocpp1.6', messageId: 'm', violations: [], flags: [] };
    this.put(
      'CallReceived',
      { ...shape, generation: this.#generation(stationId), action, answer: { kind: 'result', payload: answer }, payload },
      stationId,
    );
  }

  pass(ms) {
    const end = this.nowMs + ms;
    for (let due = fold.nextDue(this.state); due !== undefined && due.dueMs <= end; due = fold.nextDue(this.state)) {
      this.nowMs = Math.max(this.nowMs, due.dueMs);
      this.put('TimeReached', { service: 'load-balancing', deadlineId: due.deadlineId, due: new Date(due.dueMs).toISOString() });
    }
    this.nowMs = end;
  }
}

function siteOf(count) {
  const it = new Stream();
  const ids = Array.from({ length: count }, (_, index) => `S${index}`);
  const panels = Array.from({ length: Math.ceil(count / 10) }, (_, index) => ({ nodeId: `panel-${index}`, limitA: 160 }));
  const root = { nodeId: 'grid', limitA: 12 * count, unmanagedMaxA: 0, children: panels };
  const config = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, root };
  const configure = (change, stationId) => it.put('ConfigurationRequested', { requestId: 'r', requestedBy: 'x', change }, stationId);
  configure({ kind: 'site', config });
  const evses = [{ evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0 }];
  for (const [index, stationId] of ids.entries()) {
    const station = { stationId, siteId: 's', nodeId: `panel-${Math.floor(index / 10)}`, securityProfile: 1, evses };
    configure({ kind: 'station', assignmentSeq: 1, config: station }, stationId);
  }
  for (const stationId of ids) {
    it.put('StationConnected', { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp1.6', securityProfile: 1 }, stationId);
    it.call(
      stationId,
      'BootNotification',
      { chargePointVendor: 'v', chargePointModel: 'm' },
      { status: 'Accepted', currentTime: '', interval: 300 },
    );
  }
  it.put('SiteTaken', { ownerId: 'me' });
  it.pass(10_000);
  for (const [index, stationId] of ids.entries()) {
    const start = { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: new Date(it.nowMs).toISOString() };
    it.call(stationId, 'StartTransaction', start, { transactionId: index + 1, idTagInfo: { status: 'Accepted' } });
  }
  it.pass(60_000);
  return { it, ids };
}

const results = [];
for (const count of values.stations.split(',').map(Number)) {
  const began = process.threadCpuUsage();
  const { it, ids } = siteOf(count);
  const setUp = process.threadCpuUsage(began);
  const stepMs = (Number(values.interval) * 1000) / count;
  const spent = { records: 0, ms: 0, worstMs: 0 };
  for (let record = 0; record < Number(values.records); record++) {
    const index = record % count;
    const before = performance.now();
    it.pass(stepMs);
    const sampledValue = ['L1', 'L2', 'L3'].map((phase) => ({ value: '11.5', measurand: 'Current.Import', unit: 'A', phase }));
    const meterValue = [{ timestamp: new Date(it.nowMs).toISOString(), sampledValue }];
    it.call(ids[index], 'MeterValues', { connectorId: 1, transactionId: index + 1, meterValue });
    spent.worstMs = Math.max(spent.worstMs, performance.now() - before);
  }
  const { user, system } = process.threadCpuUsage(began);
  const ms = (user + system - setUp.user - setUp.system) / 1000 / Number(values.records);
  const first = (setUp.user + setUp.system) / 1000;
  const text = `${count} stations: ${ms.toFixed(3)} ms a record, plans included; the longest ${spent.worstMs.toFixed(0)} ms; boot and first plans ${first.toFixed(0)} ms of thread time`;
  process.stdout.write(`${text}\n`);
  results.push({ ms, text });
}
report('owner', 'One record at the owner of a large site', [
  ...results.map(({ text }) => text),
  `a record of the largest site takes ${(results.at(-1).ms / results[0].ms).toFixed(1)} times that of the smallest`,
]);
