// OCPP 2.0.1, block E: every way a transaction may start and stop, and the question what became of one.
// Each way must end in one session with its energy, its reason and no flag, and in one bill.
import { describe, expect, it } from '@jest/globals';
import { type Block, idTokenInfoOf, type Json, operatorAsks, type Station, type Step, TOKEN } from './support/stage.js';

const started = (trigger: string, more: Omit<Step, 'type' | 'trigger'> = {}): Step => ({ type: 'Started', trigger, ...more });
const updated = (trigger: string, more: Omit<Step, 'type' | 'trigger'> = {}): Step => ({ type: 'Updated', trigger, ...more });
const ended = (trigger: string, stoppedReason: string, more: Omit<Step, 'type' | 'trigger' | 'info'> = {}): Step => ({
  type: 'Ended',
  trigger,
  wh: 1500,
  info: { stoppedReason },
  ...more,
});
const token = TOKEN;
const charging = updated('ChargingStateChanged', { state: 'Charging', wh: 1000 });
const authorized = updated('Authorized', { token });
const local = ended('StopAuthorized', 'Local', { token });
const unplugged = ended('EVCommunicationLost', 'EVDisconnected', { state: 'Idle' });

/** Ways to start: all of them charge 500 Wh until a card ends it. */
const STARTS: readonly (readonly [id: string, steps: readonly Step[]])[] = [
  ['TC_E_01: the power path is closed', [started('ChargingStateChanged', { token, state: 'SuspendedEVSE' }), charging, local]],
  ['TC_E_02: energy flows', [started('ChargingStateChanged', { token, state: 'Charging', wh: 1000 }), local]],
  ['TC_E_03: the cable comes first', [started('CablePluggedIn', { state: 'EVConnected' }), authorized, charging, local]],
  [
    'TC_E_04: the card comes first',
    [started('Authorized', { token }), updated('CablePluggedIn', { state: 'EVConnected' }), charging, local],
  ],
  ['TC_E_09: the car is there', [started('CablePluggedIn', { state: 'EVConnected' }), authorized, charging, local]],
  ['TC_E_10: it is authorized', [started('Authorized', { token, state: 'EVConnected' }), charging, local]],
  ['TC_E_11: signed data were taken', [started('SignedDataReceived', { token, state: 'EVConnected', wh: 1000 }), charging, local]],
  [
    'TC_E_12: the bay is occupied',
    [started('EVDetected'), updated('CablePluggedIn', { state: 'EVConnected' }), authorized, charging, local],
  ],
  [
    'TC_E_38: the car is not ready',
    [started('Authorized', { token, state: 'EVConnected' }), updated('ChargingStateChanged', { state: 'SuspendedEV' }), charging, local],
  ],
];

/** Ways to stop what charges. */
const STOPS: readonly (readonly [id: string, reason: string, steps: readonly Step[]])[] = [
  ['TC_E_07: a card opens the power path', 'Local', [local]],
  [
    'TC_E_08: a card stops the energy',
    'Local',
    [updated('StopAuthorized', { token, state: 'EVConnected' }), ended('ChargingStateChanged', 'Local')],
  ],
  ['TC_E_14: the cable is pulled at the station', 'EVDisconnected', [updated('ChargingStateChanged', { state: 'EVConnected' }), unplugged]],
  ['TC_E_15: a card', 'Local', [updated('StopAuthorized', { token, state: 'EVConnected', wh: 1500 }), local]],
  ['TC_E_16: the token turns out invalid', 'DeAuthorized', [ended('Deauthorized', 'DeAuthorized', { state: 'EVConnected' })]],
  [
    'TC_E_17: the token turns out invalid and the car leaves',
    'EVDisconnected',
    [updated('Deauthorized', { state: 'SuspendedEVSE' }), unplugged],
  ],
  [
    'TC_E_19: the bay is empty',
    'Local',
    [updated('EVCommunicationLost', { state: 'Idle' }), ended('EVDeparted', 'Local', { state: 'Idle' })],
  ],
  ['TC_E_20: the cable is pulled at the car', 'EVDisconnected', [unplugged]],
  [
    'TC_E_22: the car needs no more',
    'StoppedByEV',
    [updated('ChargingStateChanged', { state: 'SuspendedEV' }), ended('ChargingStateChanged', 'StoppedByEV')],
  ],
  [
    'TC_E_26: the cable is pulled at the car and comes back',
    'Local',
    [
      updated('EVCommunicationLost', { state: 'Idle' }),
      updated('CablePluggedIn', { state: 'EVConnected' }),
      updated('ChargingStateChanged', { state: 'Charging' }),
      local,
    ],
  ],
];

const block: Block = (open) => {
  const here = (): Promise<Station> => open().station('E201', 'ocpp2.0.1');

  /** What the token of each event that has one is worth; and what it all costs with the last: 0.5 kWh of 0.40 and 21 % VAT (I03.FR.02). */
  const hears = (steps: readonly Step[], heard: readonly (Json | string)[]): void => {
    expect(heard.map(idTokenInfoOf)).toEqual(steps.map(({ token: card }) => card && { status: 'Accepted' }));
    expect(heard.at(-1)).toMatchObject({ totalCost: 0.24 });
  };

  describe('a transaction starts when', () => {
    it.each(STARTS)('%s (E01.FR.11, E01.FR.12, E02.FR.02, E03.FR.02)', async (id, steps) => {
      const station = await here();
      const transactionId = id.slice(0, 7);
      hears(steps, await station.transact(transactionId, steps));
      const session = await station.session(transactionId);
      expect(session).toMatchObject({ evseId: 1, energyWh: 500, reason: 'Local', provisional: false, flags: [] });
      expect(await station.charger.cdrs(session)).toMatchObject([{ total_energy: 0.5 }]);
    });
  });

  describe('a transaction stops when', () => {
    it.each(STOPS)('%s', async (id, reason, stops) => {
      const station = await here();
      const transactionId = id.slice(0, 7);
      const steps = [started('Authorized', { token, state: 'Charging', wh: 1000 }), ...stops];
      hears(steps, await station.transact(transactionId, steps));
      const session = await station.session(transactionId);
      expect(session).toMatchObject({ energyWh: 500, reason, provisional: false, flags: [] });
      expect(await station.charger.decisions(session)).toEqual(expect.arrayContaining(['SessionStarted', 'SessionEnded']));
    });
    it('TC_E_39: no car came in time: the bill is of nothing', async () => {
      const station = await here();
      await station.transact('TC_E_39', [started('Authorized', { token }), ended('EVConnectTimeout', 'Timeout', { wh: 0 })]);
      const session = await station.session('TC_E_39');
      expect(session).toMatchObject({ reason: 'Timeout', energyWh: 0 });
      expect(await station.charger.cdrs(session)).toMatchObject([{ total_energy: 0, total_cost: { excl_vat: 0 } }]);
    });
    it('TC_E_21: an operator stops it (F03.FR.01)', async () => {
      const station = await here();
      await station.transact('TC_E_21', [started('Authorized', { token, state: 'Charging', wh: 1000 })]);
      const { state, wire } = await station.asked('RequestStopTransaction', { transactionId: 'TC_E_21' });
      expect([state, wire[2], wire[3]]).toEqual(['accepted', 'RequestStopTransaction', { transactionId: 'TC_E_21' }]);
      const remote = { seqNo: 1 };
      await station.transact('TC_E_21', [ended('RemoteStop', 'Remote', { state: 'EVConnected', more: remote })]);
      expect(await station.session('TC_E_21')).toMatchObject({ reason: 'Remote', energyWh: 500 });
    });
  });

  it('TC_E_53: the next transaction counts from 0 again', async () => {
    const station = await here();
    for (const transactionId of ['E53-A', 'E53-B'])
      await station.transact(transactionId, [
        started('Authorized', { token, state: 'Charging', wh: 0 }),
        ended('StopAuthorized', 'Local', { wh: 100 }),
      ]);
    for (const transactionId of ['E53-A', 'E53-B'])
      expect(await station.session(transactionId)).toMatchObject({ energyWh: 100, flags: [] });
  });

  it('TC_E_31: where events are missing at its end, the station is asked, and what comes late completes it', async () => {
    const station = await here();
    const updatedAt = (seqNo: number): Step => updated('MeterValuePeriodic', { wh: 1000 + 100 * seqNo, more: { seqNo, offline: true } });
    await station.transact('E31', [started('Authorized', { token, state: 'Charging', wh: 1000 })]);
    const { charger } = station;
    const otherwise = charger.answer;
    charger.answer = (frame) =>
      frame[2] === 'GetTransactionStatus' ? [3, frame[1], { ongoingIndicator: false, messagesInQueue: true }] : otherwise(frame);
    await station.transact('E31', [ended('EVCommunicationLost', 'EVDisconnected', { more: { seqNo: 3, offline: true } })]);
    const asked = await station.network.until('the question', () =>
      charger.commands.find(([, , action, payload]) => action === 'GetTransactionStatus' && (payload as Json).transactionId === 'E31'),
    );
    expect(asked[3]).toEqual({ transactionId: 'E31' });
    const { sessionId } = await station.session('E31');
    const missing = (is: Json) =>
      station.network.until(JSON.stringify(is), async () => {
        const { missingEvents } = await station.network.must<{ missingEvents: Json | null }>('GET', `/v1/sessions/${sessionId}`);
        return Object.entries(is).every(([key, value]) => missingEvents?.[key] === value);
      });
    await missing({ missing: 2, messagesInQueue: true });
    for (const seqNo of [1, 2]) await station.transact('E31', [updatedAt(seqNo)]);
    await missing({ missing: 0 });
    charger.answer = otherwise;
    expect((await station.outcomes(String(asked[1]))).map(({ type }) => type)).toEqual([
      'CommandRequested',
      'CommandSent',
      'CommandAnswered',
    ]);
  });

  describe('an operator asks what became of a transaction', () => {
    operatorAsks(here, [
      [
        'TC_E_29: it goes on, and messages wait',
        'GetTransactionStatus',
        { transactionId: 'T' },
        { ongoingIndicator: true, messagesInQueue: true },
      ],
      ['TC_E_30: it goes on', 'GetTransactionStatus', { transactionId: 'T' }, { ongoingIndicator: true, messagesInQueue: false }],
      ['TC_E_33: messages wait', 'GetTransactionStatus', {}, { messagesInQueue: true }],
      ['TC_E_34: no message waits', 'GetTransactionStatus', {}, { messagesInQueue: false }],
    ]);
  });
};

export default block;
