// CALLERROR with the words of the other version, of errata, or of nobody: all four spellings of the cardinality and format errors are around.
// Each is an outcome of the command, recorded as it was said; the station keeps its connection.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    'FormationViolation',
    'FormatViolation',
    'OccurenceConstraintViolation',
    'OccurrenceConstraintViolation',
    'NotSupported',
    'VendorSaysNo',
  ])('%s', async (code) => {
    const charger = await Charger.at(network(), `SAYS-${code}`);
    charger.answer = ([, id, action]) => (action === 'ClearCache' ? [4, id, code, 'no', {}] : [3, id, { status: 'Accepted' }]);
    const path = `/v1/stations/${charger.stationId}/commands?wait=true`;
    await network().until(`the row of ${charger.stationId} knows it`, async () => {
      const station = await network().must<{ online: boolean }>('GET', `/v1/stations/${charger.stationId}`);
      return station.online;
    });
    const command = await network().must<{ commandId: string }>('POST', path, { action: 'ClearCache' });
    expect(command).toMatchObject({ state: 'failed', reason: code, answer: { code, description: 'no' } });
    const outcome = (await network().records('site-events')).find(
      ({ type, data }) => type === 'CommandErrored' && (data as { commandId: string }).commandId === command.commandId,
    );
    expect(outcome?.data).toMatchObject({ code, description: 'no' });
    expect(await charger.call('Heartbeat', {})).toMatchObject([3, expect.any(String), {}]);
  });
};

export default quirk;
