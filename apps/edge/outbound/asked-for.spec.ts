// Whatever a station can be triggered to say is a message that it may say then, in every version.
import { expect, it } from '@jest/globals';
import { mayComeFromStation, SUBPROTOCOLS } from '#ocpp';
import { officialMessages, resolve } from '../../../libs/ocpp/official-schemas.fixture.js';
import { askedFor } from './asked-for.js';

it.each(SUBPROTOCOLS)('what %s has triggers for', (version) => {
  const triggers = officialMessages(version).filter(({ action, kind }) => kind === 'request' && action.endsWith('TriggerMessage'));
  expect(triggers).not.toEqual([]);
  for (const { action, schema } of triggers) {
    const words = resolve(schema.properties?.requestedMessage ?? {}, schema).enum ?? [];
    expect(words).toContain('Heartbeat');
    for (const requestedMessage of words.filter((word) => word !== 'CustomTrigger'))
      for (const asked of askedFor(action, { requestedMessage }))
        expect({ requestedMessage, asked, mayCome: mayComeFromStation(version, asked) }).toMatchObject({ mayCome: true });
  }
});
