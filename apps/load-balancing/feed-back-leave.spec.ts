// Leave to feed back: what a station is told when a driver agrees or takes that back, what it makes of it, and what is in the way.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import type { EvseConfig } from '#domain/load-balancing';
import { type OcppVersion, validate } from '#ocpp';
import { obstaclesOf } from './feed-back-leave.js';
import { planRows } from './plan-rows.js';
import { Site } from './site.fixture.js';
import { stationIn } from './state.js';

const MINUTE = 60_000;
const evse = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 0, maxDischargeA: 16 } as const;

/** A transaction at station A, whose car may have said what it can. */
class Outlet extends Site {
  /** The latest of its rows. */
  row: Readonly<Record<string, unknown>> = {};
  override heard = (change: Parameters<NonNullable<Site['heard']>>[0]): void => {
    for (const { row } of planRows(change.before, change.after, change.input)) this.row = { ...this.row, ...row };
  };
  override reply = ({ action }: CommandRequested): unknown => ({
    status: action === 'NotifyAllowedEnergyTransfer' ? this.leaveAnswer : 'NotSupported',
  });
  leaveAnswer = 'Accepted';

  configure(exportLimitA: number, changed: Partial<EvseConfig> = {}): void {
    const root = { nodeId: 'grid', limitA: 64, unmanagedMaxA: 0, exportLimitA };
    const site = { siteId: 's', name: 'S', timeZone: 'UTC', voltageV: 230, energy: { prices: [] }, root };
    this.put('ConfigurationRequested', { requestId: 'r', requestedBy: 'x', change: { kind: 'site', config: site } });
    const config = { stationId: 'A', siteId: 's', nodeId: 'grid', securityProfile: 1, evses: [{ ...evse, ...changed }] } as const;
    this.put('ConfigurationRequested', { requestId: 'A', requestedBy: 'x', change: { kind: 'station', assignmentSeq: 1, config } }, 'A');
  }

  begin(ocppVersion: OcppVersion): this {
    this.ocppVersion = ocppVersion;
    this.configure(20);
    this.put('SiteTaken', { ownerId: 'me' });
    this.connect();
    const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm' } };
    this.call('A', 'BootNotification', boot, { status: 'Accepted', currentTime: '', interval: 300 });
    this.event('Started');
    return this;
  }

  connect(): void {
    const connected = { connectionId: 'c', edgeId: 'e', assignmentSeq: 1, ocppVersion: this.ocppVersion, securityProfile: 1 } as const;
    this.put('StationConnected', connected, 'A');
  }

  event(eventType: string, more: object = {}): void {
    const common = { timestamp: new Date(this.nowMs).toISOString(), triggerReason: 'Trigger', seqNo: 0, evse: { id: 1 } };
    this.call('A', 'TransactionEvent', { eventType, transactionInfo: { transactionId: 'tx' }, ...common, ...more });
  }

  sample(): void {
    const sampledValue = ['Import', 'Export'].map((way) => ({ value: 1_000, measurand: `Energy.Active.${way}.Register` }));
    this.event('Updated', { meterValue: [{ timestamp: new Date(this.nowMs).toISOString(), sampledValue }] });
  }

  says(requestedEnergyTransfer: string, ...availableEnergyTransfer: readonly string[]): void {
    this.call('A', 'NotifyEVChargingNeeds', { evseId: 1, chargingNeeds: { requestedEnergyTransfer, availableEnergyTransfer } });
  }

  consent(reserveWh?: number): void {
    const discharge = reserveWh === undefined ? {} : { discharge: { reserveWh } };
    this.put('ChargingNeedsStated', { evseId: 1, transactionId: 'tx', energyWh: 0, ...discharge, requestedBy: 'api:x' }, 'A');
    this.pass(1_000);
  }

  /** What its station was told of the leave so far. */
  leaves(): readonly CommandRequested[] {
    const commands = this.told.filter(({ type }) => type === 'CommandRequested').map(({ data }) => data as CommandRequested);
    return commands.filter(({ action }) => action === 'NotifyAllowedEnergyTransfer');
  }

  modes(): readonly unknown[] {
    return this.leaves().map(({ payload }) => (payload as { readonly allowedEnergyTransfer: unknown }).allowedEnergyTransfer);
  }

  obstacles(): readonly string[] {
    const station = stationIn(this.state, 'A');
    const [config] = station?.config.evses ?? [];
    return station === undefined || config === undefined ? ['nobody'] : obstaclesOf(this.state, station, config);
  }
}

const CHARGING = ['AC_single_phase', 'AC_two_phase', 'AC_three_phase'];
const outlet = (version: OcppVersion = 'ocpp2.1'): Outlet => new Outlet().begin(version);

describe('leave to feed back', () => {
  it('is told to the station when the driver agrees and when he takes that back, once each, and its answer is kept', () => {
    const it = outlet();
    it.says('AC_three_phase', 'AC_three_phase', 'AC_BPT');
    it.pass(MINUTE);
    expect(it.leaves()).toEqual([]);
    it.consent(0);
    it.pass(5 * MINUTE);
    expect(it.modes()).toEqual([[...CHARGING, 'AC_BPT']]);
    for (const { payload } of it.leaves()) expect(validate('ocpp2.1', 'NotifyAllowedEnergyTransfer', 'request', payload)).toEqual([]);
    expect(it.row).toMatchObject({ transaction_id: 'tx', discharge_leave: 'allowed: Accepted' });
    it.consent();
    it.pass(5 * MINUTE);
    expect(it.modes()).toEqual([[...CHARGING, 'AC_BPT'], CHARGING]);
    expect(it.row).toMatchObject({ discharge_leave: 'withdrawn: Accepted', discharge_obstacles: null });
  });

  it('ends with what makes it possible: the limit of a node, or what the EVSE can', () => {
    const it = outlet();
    it.consent(0);
    it.configure(0);
    it.pass(MINUTE);
    expect(it.modes()).toEqual([[...CHARGING, 'AC_BPT'], CHARGING]);
    expect(it.row).toMatchObject({ discharge_obstacles: expect.arrayContaining(['node']) });
    it.configure(20);
    it.pass(MINUTE);
    expect(it.modes().at(-1)).toEqual([...CHARGING, 'AC_BPT']);
  });

  it('is said in the modes of the outlet', () => {
    const it = outlet();
    it.configure(20, { powerType: 'DC' });
    it.consent(0);
    expect(it.modes()).toEqual([['DC', 'DC_BPT']]);
  });

  it('is told again on the next connection where nothing was heard, and not where it was refused', () => {
    const it = outlet();
    it.answer = ({ action }) => (action === 'NotifyAllowedEnergyTransfer' ? 'silence' : 'Accepted');
    it.consent(0);
    it.pass(5 * MINUTE);
    expect(it.leaves()).toHaveLength(1);
    it.answer = () => 'Accepted';
    it.leaveAnswer = 'Rejected';
    it.connect();
    it.pass(MINUTE);
    expect(it.leaves()).toHaveLength(2);
    it.connect();
    it.pass(5 * MINUTE);
    expect(it.leaves()).toHaveLength(2);
    expect(it.obstacles()).toContain('refused');
  });

  it('is nothing to tell a station that speaks no 2.1, nor of a car that only charges', () => {
    const older = outlet('ocpp2.0.1');
    older.consent(0);
    expect(older.leaves()).toEqual([]);
    expect(older.obstacles()[0]).toBe('ocppVersion');
    const it = outlet();
    it.says('AC_three_phase', 'AC_three_phase');
    it.consent(0);
    expect(it.leaves()).toEqual([]);
    expect(it.obstacles()).toContain('car');
  });

  it('names what is still in the way, until nothing is', () => {
    const it = outlet();
    it.consent(-1_000);
    expect(it.obstacles()).toEqual(['carUnknown', 'meter', 'clock']);
    it.says('AC_three_phase', 'AC_three_phase', 'AC_BPT');
    expect(it.obstacles()).toEqual(['agreement', 'meter', 'clock']);
    it.says('AC_BPT');
    for (let minute = 0; minute < 12; minute++) {
      it.pass(MINUTE);
      it.sample();
    }
    expect(it.obstacles()).toEqual([]);
    expect(it.row).toMatchObject({ discharge_obstacles: [] });
    it.consent(5_000);
    expect(it.obstacles()).toEqual(['reserve']);
    const expiresAt = new Date(it.nowMs + MINUTE).toISOString();
    const schedule = [{ startsAt: new Date(it.nowMs).toISOString(), limitA: 0 }];
    it.put('GridLimitReceived', { limitId: 'l', direction: 'export', schedule, expiresAt, source: 'dso' });
    expect(it.obstacles()).toEqual(['grid', 'reserve']);
    expect(it.row).toMatchObject({ discharge_obstacles: ['grid', 'reserve'] });
  });
});
