// Names of settings are the same in upper and lower case, and this charger spells one its own way.
// Whoever asks in other letters means that one: it is sent as the charger spells it, and stays one setting.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('is asked in its own letters, and has each setting once', async () => {
    const charger = await Charger.at(network(), 'LETTERS', { boots: false });
    let value = '300';
    charger.answer = ([, id, action, payload]) => {
      if (action === 'ChangeConfiguration') ({ value } = payload as { value: string });
      const configurationKey = [{ key: 'heartBeatinterval', readonly: false, value }];
      return [3, id, action === 'GetConfiguration' ? { configurationKey } : { status: 'Accepted' }];
    };
    await charger.boot();
    type Variables = { readonly items: readonly { readonly variable: { readonly name: string }; readonly value: string | null }[] };
    const settings = (wanted: string) =>
      network().until(`a setting of ${wanted}`, async () => {
        const { items } = await network().must<Variables>('GET', '/v1/stations/LETTERS/variables?variable=HeartbeatInterval');
        return items.some((each) => each.value === wanted) && items;
      });
    await settings('300');
    const command = { action: 'ChangeConfiguration', payload: { key: 'HeartbeatInterval', value: '60' } };
    await network().must('POST', '/v1/stations/LETTERS/commands?wait=true', command);
    expect(charger.commands.find(([, , action]) => action === 'ChangeConfiguration')?.[3]).toEqual({
      key: 'heartBeatinterval',
      value: '60',
    });
    expect(await settings('60')).toMatchObject([{ variable: { name: 'heartBeatinterval' }, value: '60' }]);
  });
};

export default quirk;
