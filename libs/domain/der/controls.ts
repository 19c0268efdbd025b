// One DER control as OCPP 2.1 spells it (block R): its type says which of the settings holds it, in requests and in reports alike.
// Which are wanted where, and what stations made of them, is kept by the stations service.

type Json = Readonly<Record<string, unknown>>;

/** Types with a setting of their own; all others are curves. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['EnterService', 'enterService'],
  ['FixedPFAbsorb', 'fixedPFAbsorb'],
  ['FixedPFInject', 'fixedPFInject'],
  ['FixedVar', 'fixedVar'],
  ['FreqDroop', 'freqDroop'],
  ['Gradients', 'gradient'],
  ['LimitMaxDischarge', 'limitMaxDischarge'],
]);
const NAMES: readonly string[] = ['curve', ...SETTINGS.values()];
/** Reports name the setting by the message's field, and hold it under another name where two fields share one. */
const HELD_AS: ReadonlyMap<string, string> = new Map([
  ['fixedPFAbsorb', 'fixedPF'],
  ['fixedPFInject', 'fixedPF'],
]);

/** The field of a SetDERControl that a control of this type is in. */
const fieldOf = (controlType: unknown): string => SETTINGS.get(String(controlType)) ?? 'curve';

/** What is set, of a SetDERControl; undefined where the field of its type is missing. */
export const settingOf = (control: Json): Json | undefined => control[fieldOf(control.controlType)] as Json | undefined;

/** Why no station could take it, beside its schema: exactly the setting of its type has to be there (R04). */
export function controlFault(control: Json): string | undefined {
  const field = fieldOf(control.controlType);
  const given = NAMES.filter((name) => control[name] !== undefined);
  if (!given.includes(field)) return `a control of type ${String(control.controlType)} has its settings in ${field}`;
  return given.length > 1 ? `a control of type ${String(control.controlType)} has ${field} alone` : undefined;
}

export interface ReportedControl {
  readonly controlId: string;
  readonly controlType: string;
  /** Service and gradients have one, and are always the default. */
  readonly isDefault: boolean;
  readonly isSuperseded: boolean;
  readonly setting: Json;
}

/** Every control of one part of a report. */
export function reportedControls(report: Json): readonly ReportedControl[] {
  return NAMES.flatMap((name) => {
    const entries = report[name];
    if (!Array.isArray(entries)) return [];
    return (entries as readonly Json[]).map(({ id, curveType, isDefault = true, isSuperseded = false, ...held }): ReportedControl => {
      const controlType = name === 'curve' ? String(curveType) : typeOf(name);
      const setting = (held[HELD_AS.get(name) ?? name] ?? {}) as Json;
      return { controlId: String(id), controlType, isDefault: isDefault === true, isSuperseded: isSuperseded === true, setting };
    });
  });
}
const typeOf = (field: string): string => [...SETTINGS].find(([, name]) => name === field)?.[0] ?? field;

/** Whether a station has what was wanted. What it adds, a default it spelled out say, is no difference; numbers may have passed through a float. */
export function isSameControl(wanted: unknown, reported: unknown): boolean {
  if (typeof wanted === 'number' && typeof reported === 'number')
    return Math.abs(wanted - reported) <= 1e-6 * Math.max(1, Math.abs(wanted));
  if (Array.isArray(wanted))
    return (
      Array.isArray(reported) && wanted.length === reported.length && wanted.every((each, index) => isSameControl(each, reported[index]))
    );
  if (typeof wanted === 'object' && wanted !== null)
    return (
      typeof reported === 'object' &&
      reported !== null &&
      Object.entries(wanted).every(([name, value]) => isSameControl(value, (reported as Json)[name]))
    );
  if (typeof wanted === 'string' && typeof reported === 'string' && wanted !== reported) {
    const [a, b] = [Date.parse(wanted), Date.parse(reported)];
    return /^\d{4}-/.test(wanted) && a === b;
  }
  return wanted === reported;
}
