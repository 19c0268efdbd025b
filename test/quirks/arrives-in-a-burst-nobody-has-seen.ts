// A burst of stations never seen before, in one tick (steve #2107), beside as many that are known and have never booted.
// Strangers are told that they are nobody and nothing else, the others are all answered.
import { expect, it } from '@jest/globals';
import { RawStation } from '../scenario/support/raw-station.js';
import { Charger, type Quirk } from './support/charger.js';

const BURST = 25;

const quirk: Quirk = (network) => {
  it('answers the known ones and turns the strangers away', async () => {
    const { port } = network().network.edge;
    const strangers = Array.from({ length: BURST }, async (_, n) => {
      const path = `/ocpp/NEVER-${n}`;
      const told = await RawStation.attempt({ port, path, user: `NEVER-${n}`, password: 'x'.repeat(20), protocols: 'ocpp1.6' });
      return told instanceof RawStation ? 'let in' : [told.status, told.body];
    });
    const known = Array.from({ length: BURST }, (_, n) => Charger.at(network(), `BURST-${n}`, { boots: false }));
    const boots = (await Promise.all(known)).map(async (charger) => (await charger.boot())[2]);
    for (const answer of await Promise.all(boots)) expect(answer).toMatchObject({ status: 'Accepted' });
    expect(await Promise.all(strangers)).toEqual(Array.from({ length: BURST }, () => [404, 'no such station']));
  });
};

export default quirk;
