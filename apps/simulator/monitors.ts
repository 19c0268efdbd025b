// Monitors at a simulated station: set, cleared and reported; a threshold that is crossed already when it is set tells so at once.
// Values of variables are device-model-201.ts's.
import type { RequestOf } from '#ocpp';
import type { deviceModel } from './device-model-201.js';
import type { StationControls } from './dialect.js';
import type { Handlers } from './replies.js';

type Wanted = RequestOf<'ocpp2.0.1', 'SetVariableMonitoring'>['setMonitoringData'][number];
type Monitor = RequestOf<'ocpp2.0.1', 'NotifyMonitoringReport'>['monitor'];

const MOST_MONITORS = 20;

export function monitors201(controls: StationControls, model: ReturnType<typeof deviceModel>): Handlers<'ocpp2.0.1'> {
  const monitors = new Map<number, Wanted>();
  let events = 0;
  const now = () => new Date(controls.now()).toISOString();
  const tell = (action: string, payload: object) => controls.send({ action, kind: 'volatile', triggered: true, payload: () => payload });

  const readingOf = ({ component, variable }: Wanted): number => Number(model.get({ component, variable }).attributeValue ?? Number.NaN);
  const isCrossed = (wanted: Wanted): boolean =>
    (wanted.type === 'UpperThreshold' && readingOf(wanted) > wanted.value) ||
    (wanted.type === 'LowerThreshold' && readingOf(wanted) < wanted.value);

  function alert(id: number, { component, variable, ...wanted }: Wanted, cleared: boolean): void {
    const event = {
      eventId: ++events,
      timestamp: now(),
      trigger: 'Alerting',
      actualValue: String(readingOf({ component, variable, ...wanted })),
      eventNotificationType: 'CustomMonitor',
      variableMonitoringId: id,
      component,
      variable,
      ...(cleared && { cleared }),
    };
    tell('NotifyEvent', { generatedAt: now(), seqNo: 0, eventData: [event] });
  }

  function set(wanted: Wanted) {
    const { component, variable, type, severity } = wanted;
    const about = { component, variable, type, severity };
    if (model.get({ component, variable }).attributeStatus !== 'Accepted') return { ...about, status: 'UnknownVariable' as const };
    if (monitors.size >= MOST_MONITORS) return { ...about, status: 'Rejected' as const };
    const id = wanted.id ?? Math.max(0, ...monitors.keys()) + 1;
    monitors.set(id, wanted);
    return { ...about, id, status: 'Accepted' as const };
  }

  return {
    SetVariableMonitoring: ({ setMonitoringData }) => {
      const setMonitoringResult = setMonitoringData.map(set);
      return {
        result: { setMonitoringResult },
        afterwards() {
          for (const result of setMonitoringResult) {
            const wanted = 'id' in result ? monitors.get(result.id) : undefined;
            if (wanted !== undefined && 'id' in result && isCrossed(wanted)) alert(result.id, wanted, false);
          }
        },
      };
    },
    ClearVariableMonitoring: ({ id }) => {
      const crossed = id.flatMap((each) => {
        const wanted = monitors.get(each);
        return wanted !== undefined && isCrossed(wanted) ? [[each, wanted] as const] : [];
      });
      const clearMonitoringResult = id.map((each) => ({
        id: each,
        status: monitors.delete(each) ? ('Accepted' as const) : ('NotFound' as const),
      }));
      return {
        result: { clearMonitoringResult },
        // N06: a monitor that goes takes its alert along.
        afterwards() {
          for (const [each, wanted] of crossed) alert(each, wanted, true);
        },
      };
    },
    SetMonitoringBase: () => {
      monitors.clear();
      return { result: { status: 'Accepted' } };
    },
    SetMonitoringLevel: () => ({ result: { status: 'Accepted' } }),
    GetMonitoringReport: ({ requestId }) => {
      if (monitors.size === 0) return { result: { status: 'EmptyResultSet' } };
      return {
        result: { status: 'Accepted' },
        afterwards() {
          const all = [...monitors];
          for (const [seqNo, [id, { component, variable, type, value, severity, transaction = false }]] of all.entries()) {
            const monitor: Monitor = [{ component, variable, variableMonitoring: [{ id, type, value, severity, transaction }] }];
            tell('NotifyMonitoringReport', { requestId, generatedAt: now(), seqNo, tbc: seqNo < all.length - 1, monitor });
          }
        },
      };
    },
  };
}
