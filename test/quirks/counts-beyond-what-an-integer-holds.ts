// Names outlets, events and readings by numbers beyond 32 bits, which is all an integer of OCPP has, or above what a database column holds.
// Refused with the field, or, in a message of a transaction, kept and flagged; nothing is shown under the largest number there is room for.
import { expect, it } from '@jest/globals';
import type { NetworkWorld } from '../scenario/support/network-world.js';
import { at, Charger, type Quirk } from './support/charger.js';

const HUGE = 99_999_999_999;
const REFUSED = [4, expect.any(String), 'TypeConstraintViolation', expect.stringMatching(/32 bits$/), {}];

/** Columns of any table that hold the largest integer there is room for, either way from zero. */
async function clamped({ world }: NetworkWorld): Promise<readonly string[]> {
  const { rows } = await world.database.query<{ readonly t: string; readonly c: string; readonly most: string }>(
    `select table_name as t, column_name as c, case data_type when 'integer' then '2147483647' else '9007199254740991' end as most
     from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and table_type = 'BASE TABLE' and data_type in ('integer', 'bigint')`,
  );
  const found = [];
  for (const { t, c, most } of rows) {
    const { rowCount } = await world.database.query(`select from "${t}" where abs("${c}"::numeric) = ${most}`);
    if (rowCount !== 0) found.push(`${t}.${c}`);
  }
  return found;
}

const quirk: Quirk = (network) => {
  it('in 1.6', async () => {
    const charger = await Charger.at(network(), 'HUGE-16');
    expect(await charger.status('Available', { connectorId: HUGE })).toEqual(REFUSED);
    const unreadable = await charger.start({ connectorId: HUGE });
    expect(unreadable).toBeGreaterThan(0);
    const transactionId = await charger.start({ timestamp: at(50) });
    expect(await charger.meter(transactionId, [{ value: '1200' }], { connectorId: HUGE })).toEqual([3, expect.any(String), {}]);
    await charger.stop(transactionId, { meterStop: HUGE });
    await charger.stop(-HUGE);
    const [session] = await charger.sessions(1, ({ status }) => status === 'ended');
    expect(session).toMatchObject({ evseId: 1, flags: expect.arrayContaining(['schema']) });
    expect(await charger.unmatched()).toContainEqual({
      action: 'StartTransaction',
      transaction_id: String(unreadable),
      reason: 'unreadable',
    });
    expect(await clamped(network())).toEqual([]);
  });

  it('in 2.0.1', async () => {
    const charger = await Charger.at(network(), 'HUGE-201', { version: 'ocpp2.0.1' });
    const timestamp = at(1);
    const status = { evseId: HUGE, connectorId: 1, connectorStatus: 'Available', timestamp };
    expect(await charger.call('StatusNotification', status)).toEqual(REFUSED);
    const component = { name: 'EVSE', evse: { id: HUGE } };
    const variable = { name: 'Power' };
    const reportData = [{ component, variable, variableAttribute: [{ value: '1' }] }];
    const report = { requestId: 1, seqNo: HUGE, generatedAt: timestamp, reportData };
    expect(await charger.call('NotifyReport', report)).toEqual(REFUSED);
    const event = { eventId: HUGE, timestamp, trigger: 'Alerting', actualValue: 'x', eventNotificationType: 'HardWiredNotification' };
    expect(await charger.call('NotifyEvent', { generatedAt: timestamp, seqNo: 0, eventData: [{ ...event, component, variable }] })).toEqual(
      REFUSED,
    );
    const evse = { id: HUGE, connectorId: HUGE };
    await charger.event('Started', 'T', 0, 1000, { evse });
    await charger.event('Updated', 'T', 1, 1200, { seqNo: HUGE });
    await charger.event('Ended', 'T', 2, 1500, { evse });
    const [session] = await charger.sessions(1, ({ status: is }) => is === 'ended');
    expect(session).toMatchObject({ evseId: 1, energyWh: 500, flags: expect.arrayContaining(['schema']) });
    expect(await clamped(network())).toEqual([]);
  });

  it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])('of a time, %s', async (timestamp) => {
    const charger = await Charger.at(network(), `AT-${timestamp.slice(0, 4)}`);
    await charger.status('Preparing', { timestamp });
    const transactionId = await charger.start({ timestamp });
    await charger.meter(transactionId, [{ value: '1200' }], { meterValue: [{ timestamp, sampledValue: [{ value: '1200' }] }] });
    await charger.stop(transactionId, { timestamp });
    const [session] = await charger.sessions(1, ({ status }) => status === 'ended');
    expect(session).toMatchObject({ energyWh: 500 });
    expect(Math.abs(Date.parse(session?.startedAt ?? '') - Date.now())).toBeLessThan(600_000);
  });
};

export default quirk;
