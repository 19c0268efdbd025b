// A station with a local list comes to hold the network's, whatever it answers and whenever it is away.
import { describe, expect, it } from '@jest/globals';
import type { ListOffer } from '#domain/local-list';
import { at, StationStream } from '../stream.fixture.js';
import { type KeptList, localList } from './local-list.js';

const REPORT = {
  requestId: 1,
  seqNo: 0,
  generatedAt: 'now',
  reportData: [
    { component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'Enabled' }, variableAttribute: [{ value: 'true' }] },
    { component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'ItemsPerMessage' }, variableAttribute: [{ value: '2' }] },
  ],
};
const token = { tokenHash: '#a', tokenType: 'ISO14443', idToken: 'sealed:v1:#a:x', status: 'Accepted' } as const;
const offer = (fields: Partial<ListOffer> = {}): ListOffer => ({
  updateType: 'Full',
  tokens: [token],
  removed: [],
  revision: 1,
  fullAt: 1,
  isCut: false,
  isComplete: true,
  entries: 1,
  ...fields,
});

class ListStream extends StationStream {
  static keeping(): ListStream {
    return (new ListStream('CP1', 'ocpp2.0.1').configured().connected(0) as ListStream).boots(1).says(1, 'NotifyReport', REPORT);
  }
  stale(minute: number, requestedBy?: string): this {
    return this.add('TokenCopiesStale', minute, { stationId: 'CP1', what: 'list', ...(requestedBy !== undefined && { requestedBy }) });
  }
  offers(minute: number, fields: Partial<ListOffer> = {}): this {
    return this.add('TokenListOffered', minute, { stationId: 'CP1', offer: offer(fields) });
  }
  /** The relay appends the newest command of the part; its id. */
  sent(minute: number): string {
    const command = this.mine().at(-1);
    if (command === undefined) throw new Error('nothing is asked');
    this.askedAs(minute, command);
    return command.commandId;
  }
  answers(minute: number, payload: object): this {
    return this.answered(minute, this.sent(minute), payload);
  }
  mine = () => this.commands().filter(({ requestedBy }) => requestedBy === 'stations:local-list');
  said = () => this.mine().map(({ action, payload }) => [action, (payload as { versionNumber?: number }).versionNumber]);
  list = () => this.state<KeptList>(localList);
  shown = () => this.rows('local_lists').at(-1);
}
const inStep = (): ListStream =>
  ListStream.keeping().stale(2).answers(2, { versionNumber: 0 }).offers(3).answers(3, { status: 'Accepted' });

describe('a station with a local list', () => {
  it('is asked for its version, is sent the list under the next one, and holds it', () => {
    const stream = inStep();
    expect(stream.said()).toEqual([
      ['GetLocalListVersion', undefined],
      ['SendLocalList', 1],
    ]);
    expect(stream.mine()[1]?.payload).toMatchObject({
      updateType: 'Full',
      localAuthorizationList: [{ idToken: { idToken: token.idToken } }],
    });
    expect(stream.list()).toMatchObject({ version: 1, holds: { revision: 1, entries: 1 } });
    expect(stream.shown()).toMatchObject({ state: 'inStep', version: 1, entries: 1, items_per_message: 2 });
  });
  it('gets what changed only, under a higher version, and the rest while there is more', () => {
    const stream = inStep()
      .stale(5)
      .offers(5, { updateType: 'Differential', revision: 3, isComplete: false })
      .answers(5, { status: 'Accepted' });
    expect(stream.said().at(-1)).toEqual(['SendLocalList', 2]);
    expect(stream.list()).toMatchObject({ version: 2, waits: 'offer', holds: { revision: 3 } });
    expect(stream.offers(6, { revision: 4 }).answers(6, { status: 'Accepted' }).shown()).toMatchObject({ state: 'inStep', version: 3 });
  });
  it.each(['Failed', 'VersionMismatch'])(
    'that answers %s is asked its version and gets everything; three times, and it has a pause',
    (status) => {
      const stream = inStep().stale(5).offers(5, { updateType: 'Differential', revision: 2 }).answers(5, { status });
      expect(stream.said().at(-1)).toEqual(['GetLocalListVersion', undefined]);
      stream.answers(6, { versionNumber: 41 });
      expect(stream.list()).toMatchObject({ waits: 'offer', version: 41 });
      expect(stream.list().holds).toBeUndefined();
      stream.offers(6);
      expect(stream.said().at(-1)).toEqual(['SendLocalList', 42]);
      stream.answers(6, { status }).answers(7, { versionNumber: 41 }).offers(7).answers(7, { status });
      expect(stream.shown()).toMatchObject({ state: 'failed', failures: 3, reason: status });
      const before = stream.mine().length;
      expect(stream.due(70).mine()).toHaveLength(before + 1);
    },
  );
  it('that takes the first part of a list and none of the rest has its pause as well', () => {
    const stream = ListStream.keeping().stale(2).answers(2, { versionNumber: 0 });
    for (const minute of [3, 4, 5]) {
      stream.offers(minute, { isComplete: false }).answers(minute, { status: 'Accepted' });
      stream.offers(minute, { updateType: 'Differential', revision: 2 }).answers(minute, { status: 'VersionMismatch' });
      if (minute < 5) stream.answers(minute, { versionNumber: 1 });
    }
    expect(stream.shown()).toMatchObject({ state: 'failed', failures: 3, reason: 'VersionMismatch' });
  });
  it('that did not answer may have taken it: its version tells', () => {
    const asked = (): ListStream => {
      const stream = inStep().stale(5).offers(5, { revision: 2 });
      return stream.unanswered(6, stream.sent(5)).connected(7);
    };
    expect(asked().said().at(-1)).toEqual(['GetLocalListVersion', undefined]);
    const took = asked().answers(7, { versionNumber: 2 });
    expect(took.list()).toMatchObject({ version: 2, holds: { revision: 2 } });
    const did = asked().answers(7, { versionNumber: 1 });
    expect(did.list()).toMatchObject({ version: 1, holds: { revision: 1 }, waits: 'offer' });
  });
  it('that lost its list in a restart gets it again', () => {
    const stream = inStep().boots(9).answers(9, { versionNumber: 0 });
    expect(stream.list()).toMatchObject({ version: 0, waits: 'offer' });
    expect(inStep().boots(9).answers(9, { versionNumber: 1 }).shown()).toMatchObject({ state: 'inStep' });
  });
  it('that is away is told when it is back, without asking it over and over', () => {
    const stream = ListStream.keeping().stale(2);
    stream.refused(2, stream.sent(2));
    expect(stream.mine()).toHaveLength(1);
    expect(stream.connected(5).mine()).toHaveLength(2);
  });
  it('whose queue has no room is asked, and sent the list, five minutes later though it stays connected', () => {
    const stream = ListStream.keeping().stale(2);
    stream.refused(2, stream.sent(2), 'QueueFull');
    expect([stream.said().length, stream.shown()?.state]).toEqual([1, 'failed']);
    stream.due(7).answers(7, { versionNumber: 0 }).offers(8);
    stream.refused(8, stream.sent(8), 'QueueFull');
    expect([stream.said().length, stream.list().retryMs]).toEqual([3, Date.parse(at(13))]);
    stream.due(13).offers(13).answers(13, { status: 'Accepted' });
    expect(stream.said().slice(2)).toEqual([
      ['SendLocalList', 1],
      ['SendLocalList', 1],
    ]);
    expect(stream.shown()).toMatchObject({ state: 'inStep', failures: 0 });
  });
  it('gets all of it anew when an operator wants it', () => {
    const stream = inStep().stale(5, 'api:ann').answers(5, { versionNumber: 1 });
    expect(stream.list()).toMatchObject({ waits: 'offer' });
    expect(stream.list().holds).toBeUndefined();
  });
  it('that was sent a list by somebody else keeps it until ours changes', () => {
    const list = { versionNumber: 7, updateType: 'Full' };
    const stream = inStep().asked(5, 'theirs', 'SendLocalList', list).answered(5, 'theirs', { status: 'Accepted' });
    expect(stream.shown()).toMatchObject({ state: 'foreign', version: 7 });
    expect(stream.stale(6).list()).toMatchObject({ waits: 'offer' });
    expect(stream.offers(6).said().at(-1)).toEqual(['SendLocalList', 8]);
  });
  it('that leaves the site is told of no more, and again when it is there', () => {
    const kept = (stream: ListStream) =>
      stream.toNetwork().flatMap(({ type, data }) => (type === 'TokenCopiesKept' ? [data.isListKept] : []));
    const stream = inStep();
    expect(kept(stream)).toEqual([true]);
    stream.add('ConfigurationAccepted', 6, { requestId: 'r', version: 2, change: { kind: 'stationRemoved', stationId: 'CP1' } });
    expect(kept(stream)).toEqual([true, false]);
    expect(kept(stream.configured())).toEqual([true, false, true]);
  });
  it('is one from when an operator turned it on there', () => {
    const variable = { component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'Enabled' } };
    const stream = (new ListStream('CP1', 'ocpp2.0.1').configured().connected(0) as ListStream)
      .boots(1)
      .asked(2, 's', 'SetVariables', { setVariableData: [{ ...variable, attributeValue: 'true' }] })
      .answered(2, 's', { setVariableResult: [{ ...variable, attributeStatus: 'Accepted' }] });
    expect(stream.toNetwork()).toMatchObject([{ type: 'TokenCopiesKept', data: { isListKept: true } }]);
    expect(stream.stale(3).said()).toEqual([['GetLocalListVersion', undefined]]);
  });
  it('that has none is left alone', () => {
    const stream = inStep().stale(5).offers(5);
    const sent = stream.mine().at(-1);
    expect(
      stream
        .askedAs(5, sent as never)
        .errored(5, sent?.commandId ?? '')
        .stale(6)
        .shown(),
    ).toMatchObject({ state: 'unsupported' });
    expect((ListStream.ready() as ListStream).boots(1).commands()).toHaveLength(1); // the device model alone
  });
});
