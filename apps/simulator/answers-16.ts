// What a 1.6 station answers to each call of the CSMS, and what it does then.
// What it says by itself is in dialect-16.ts; which profiles it takes in profile-rules-16.ts.
import type { RequestOf, ResponseOf } from '#ocpp';
import { askForCertificate, certificateAnswers16 } from './answers-certificates.js';
import { compositeSchedule } from './composite.js';
import type { StationControls } from './dialect.js';
import type { Outlet } from './installation.js';
import { meterValue16 } from './meter-values-16.js';
import { accept16, acceptForStart16, purpose16, replaces16 } from './profile-rules-16.js';
import type { Handlers } from './replies.js';
import { reservations16 } from './reservations.js';
import { settingsCatalog } from './settings-catalog.js';
import { tokenList16 } from './token-list.js';
import { transfers16 } from './transfers.js';
import { outletViews, profileContext, settingChanged } from './views.js';

type Composite = NonNullable<ResponseOf<'ocpp1.6', 'GetCompositeSchedule'>['chargingSchedule']>;

export function answers16(controls: StationControls): Handlers<'ocpp1.6'> {
  const { spec, settings, installation } = controls;
  const catalog = settingsCatalog(settings, spec, settingChanged(controls)).filter(({ key }) => key !== undefined);
  const settingCalled = (key: string) => catalog.find((setting) => setting.key?.toLowerCase() === key.toLowerCase());
  const isKnown = (connectorId: number) => connectorId === 0 || installation.outlet(connectorId) !== undefined;

  const meterValues = (outlet: Outlet) => {
    if (outlet.transaction !== undefined) return controls.charging.sample(outlet, outlet.transaction, 'Trigger');
    const payload: RequestOf<'ocpp1.6', 'MeterValues'> = {
      connectorId: outlet.evseId,
      meterValue: [meterValue16(outlet, controls.now(), 'Trigger')],
    };
    controls.send({ action: 'MeterValues', kind: 'volatile', triggered: true, payload: () => payload });
  };

  type Trigger = RequestOf<'ocpp1.6', 'TriggerMessage'> | RequestOf<'ocpp1.6', 'ExtendedTriggerMessage'>;
  const triggered = ({ requestedMessage, connectorId }: Trigger): (() => void) | undefined => {
    const outlets = installation.outlets.filter(({ evseId }) => connectorId === undefined || connectorId === 0 || evseId === connectorId);
    switch (requestedMessage) {
      case 'BootNotification':
        return () => controls.sendBoot('Triggered');
      case 'Heartbeat':
        return () => controls.send({ action: 'Heartbeat', kind: 'volatile', triggered: true, payload: () => ({}) });
      case 'MeterValues':
        return () => {
          controls.charging.settle();
          outlets.forEach(meterValues);
        };
      case 'StatusNotification':
        return () => {
          if (connectorId === undefined || connectorId === 0) controls.charging.tellStatus(undefined, true);
          if (connectorId !== 0) for (const outlet of outlets) controls.charging.tellStatus(outlet, true);
        };
      case 'SignChargePointCertificate':
        return () => askForCertificate(controls);
      default:
        return undefined;
    }
  };

  const trigger = (request: Trigger) => {
    if (request.connectorId !== undefined && !isKnown(request.connectorId)) return { result: { status: 'Rejected' as const } };
    const afterwards = triggered(request);
    return afterwards === undefined
      ? { result: { status: 'NotImplemented' as const } }
      : { result: { status: 'Accepted' as const }, afterwards };
  };

  return {
    ...certificateAnswers16(controls),
    RemoteStartTransaction: ({ connectorId, idTag, chargingProfile }) => {
      if (controls.bootStatus() !== 'Accepted' || connectorId === 0) return { result: { status: 'Rejected' } };
      const profile = chargingProfile === undefined ? undefined : acceptForStart16(connectorId ?? 0, chargingProfile);
      if (profile?.ok === false || (profile !== undefined && controls.refusesProfiles())) return { result: { status: 'Rejected' } };
      const start = {
        idToken: { idToken: idTag, type: 'ISO14443' as const },
        ...(connectorId === undefined ? {} : { evseId: connectorId }),
        ...(profile === undefined ? {} : { profile: profile.value }),
      };
      if (!controls.charging.canStart(start)) return { result: { status: 'Rejected' } };
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.remoteStart(start) };
    },
    RemoteStopTransaction: ({ transactionId }) => {
      const running = controls.charging.running().find(({ transaction }) => transaction.transactionId === transactionId);
      if (running === undefined || controls.bootStatus() !== 'Accepted') return { result: { status: 'Rejected' } };
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.stop(running.transaction, 'Remote') };
    },
    SetChargingProfile: ({ connectorId, csChargingProfiles }) => {
      const accepted = accept16(connectorId, csChargingProfiles, profileContext(controls));
      if (!accepted.ok || controls.refusesProfiles()) return { result: { status: 'Rejected' } };
      controls.charging.settle();
      installation.profiles.put(accepted.value, replaces16(accepted.value));
      return { result: { status: 'Accepted' }, afterwards: () => controls.charging.settle() };
    },
    ClearChargingProfile: ({ id, connectorId, chargingProfilePurpose, stackLevel }) => {
      controls.charging.settle();
      // An id names one profile; the other fields are then not looked at (errata to §5.3).
      const filter =
        id !== undefined
          ? { id }
          : {
              ...(connectorId === undefined ? {} : { evseId: connectorId }),
              ...(chargingProfilePurpose === undefined ? {} : { purpose: purpose16(chargingProfilePurpose) }),
              ...(stackLevel === undefined ? {} : { stackLevel }),
            };
      const cleared = installation.profiles.clear(filter);
      return { result: { status: cleared > 0 ? 'Accepted' : 'Unknown' }, afterwards: () => controls.charging.settle() };
    },
    GetCompositeSchedule: ({ connectorId, duration, chargingRateUnit = 'A' }) => {
      if (!isKnown(connectorId)) return { result: { status: 'Rejected' } };
      const at = Math.floor(controls.now() / 1000) * 1000;
      const views = outletViews(installation, connectorId);
      const periods = compositeSchedule(installation.profiles.all(), views, at, duration);
      const volts = (views[0]?.voltagesDv[0] ?? 2300) / 10;
      const chargingSchedule: Composite = {
        duration,
        startSchedule: new Date(at).toISOString(),
        chargingRateUnit,
        chargingSchedulePeriod: periods.map(({ startS, limitMa, phases }) => ({
          startPeriod: startS,
          limit: chargingRateUnit === 'A' ? limitMa / 1000 : Math.floor((limitMa * volts * phases) / 100) / 10,
          numberPhases: phases,
        })),
      };
      return { result: { status: 'Accepted', connectorId, scheduleStart: chargingSchedule.startSchedule ?? '', chargingSchedule } };
    },
    GetConfiguration: ({ key }) => {
      const asked = key === undefined || key.length === 0 ? catalog : key.flatMap((name) => settingCalled(name) ?? []);
      const unknownKey = (key ?? []).filter((name) => settingCalled(name) === undefined);
      return {
        result: {
          configurationKey: asked.flatMap((setting) =>
            setting.read === undefined ? [] : [{ key: setting.key ?? '', readonly: setting.write === undefined, value: setting.read() }],
          ),
          ...(unknownKey.length === 0 ? {} : { unknownKey }),
        },
      };
    },
    ChangeConfiguration: ({ key, value }) => {
      const setting = settingCalled(key);
      if (setting === undefined) return { result: { status: 'NotSupported' } };
      return { result: { status: setting.write?.(value) === true ? 'Accepted' : 'Rejected' } };
    },
    TriggerMessage: trigger,
    ExtendedTriggerMessage: trigger,
    Reset: ({ type }) => ({
      result: { status: 'Accepted' },
      afterwards: () => controls.reset(type === 'Hard' ? 'HardReset' : 'SoftReset'),
    }),
    UnlockConnector: ({ connectorId }) => {
      const outlet = installation.outlet(connectorId);
      if (outlet === undefined) return { result: { status: 'NotSupported' } };
      const { transaction } = outlet;
      return {
        result: { status: 'Unlocked' },
        afterwards: () => {
          if (transaction !== undefined) controls.charging.stop(transaction, 'UnlockCommand');
        },
      };
    },
    ChangeAvailability: ({ connectorId, type }) => {
      if (!isKnown(connectorId)) return { result: { status: 'Rejected' } };
      return {
        result: { status: controls.charging.changeAvailability(connectorId, type === 'Operative') },
        afterwards: () => controls.charging.settle(),
      };
    },
    ClearCache: () => ({ result: { status: 'Accepted' } }),
    ...tokenList16(),
    ...transfers16(controls),
    ...reservations16(controls),
    DataTransfer: ({ vendorId }) => ({
      result: { status: spec.showsCosts === true && vendorId === 'org.openchargealliance.costmsg' ? 'Accepted' : 'UnknownVendorId' },
    }),
  };
}
