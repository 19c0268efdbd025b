// Two StopTransactions within milliseconds, or again after a reboot (steve #72, libocpp #907).
// Both are answered, one session ends once, one bill.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    ['with the same content', (stop: Readonly<Record<string, unknown>>) => stop, []],
    ['with another reason and time', () => ({ reason: 'PowerLoss', timestamp: at(0) }), ['secondStop']],
  ])('%s: one session, one end in the end', async (_, second, flags) => {
    const charger = await Charger.at(network(), `TWICE-${flags.length}`);
    const transactionId = await charger.start();
    const stop = { timestamp: at(2) };
    const [first, again] = [await charger.stop(transactionId, stop), await charger.stop(transactionId, second(stop))];
    expect([first[0], again[0]]).toEqual([3, 3]);
    const session = await charger.session();
    expect(session).toMatchObject({ energyWh: 500, provisional: false, flags });
    const ends = (await charger.decisions(session)).filter((kind) => kind === 'SessionEnded');
    expect(ends).toHaveLength(1);
  });

  it('without waiting for the first answer, with the same content or another: both are answered, one end, one bill', async () => {
    for (const [stationId, more] of [
      ['AT-ONCE', {}],
      ['AT-ONCE-OTHER', { reason: 'PowerLoss' }],
    ] as const) {
      const charger = await Charger.at(network(), stationId);
      const stop = { transactionId: await charger.start(), meterStop: 1500, timestamp: at(2) };
      const answers = await charger.callsAtOnce([
        ['StopTransaction', stop],
        ['StopTransaction', { ...stop, ...more }],
      ]);
      expect(answers.map(([type]) => type)).toEqual([3, 3]);
      const session = await charger.session();
      expect((await charger.decisions(session)).filter((kind) => kind === 'SessionEnded')).toHaveLength(1);
      expect(await charger.cdrs(session)).toMatchObject([{ total_energy: 0.5 }]);
    }
  });

  it('after a reboot in between: the same', async () => {
    const charger = await Charger.at(network(), 'REBOOTED');
    const transactionId = await charger.start();
    const stop = { timestamp: at(2) };
    await charger.stop(transactionId, stop);
    await charger.loseLink();
    await charger.connect();
    await charger.boot();
    expect((await charger.stop(transactionId, stop))[0]).toBe(3);
    const session = await charger.session();
    expect(await charger.decisions(session)).toEqual(['SessionStarted', 'SessionEnded']);
    expect(await charger.cdrs(session)).toHaveLength(1);
  });
};

export default quirk;
