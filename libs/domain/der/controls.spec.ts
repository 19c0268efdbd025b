// A control has the settings of its type, in requests and reports alike; a station that adds a default has what was wanted.
import { describe, expect, it } from '@jest/globals';
import { validate } from '#ocpp';
import { controlFault, isSameControl, reportedControls, settingOf } from './controls.js';

describe('a DER control', () => {
  const fixedPF = { priority: 1, displacement: 0.9, excitation: true };
  it('has the settings of its type alone', () => {
    const control = { isDefault: true, controlId: 'c', controlType: 'FixedPFInject', fixedPFInject: fixedPF };
    expect(controlFault(control)).toBeUndefined();
    expect(settingOf(control)).toEqual(fixedPF);
    expect(controlFault({ ...control, controlType: 'VoltVar' })).toMatch('curve');
    expect(controlFault({ ...control, fixedPFAbsorb: fixedPF })).toMatch('alone');
  });
  it('is found in a report whatever its type', () => {
    const ids = { isDefault: false, isSuperseded: false };
    const report = {
      requestId: 1,
      fixedPFInject: [{ id: 'a', ...ids, fixedPF }],
      gradient: [{ id: 'b', gradient: { priority: 1, gradient: 5, softGradient: 2 } }],
      limitMaxDischarge: [{ id: 'c', ...ids, isSuperseded: true, limitMaxDischarge: { priority: 1, pctMaxDischargePower: 50 } }],
    };
    expect(validate('ocpp2.1', 'ReportDERControl', 'request', report)).toEqual([]);
    expect(reportedControls(report)).toEqual([
      { controlId: 'a', controlType: 'FixedPFInject', isDefault: false, isSuperseded: false, setting: fixedPF },
      { controlId: 'b', controlType: 'Gradients', isDefault: true, isSuperseded: false, setting: report.gradient[0]?.gradient },
      {
        controlId: 'c',
        controlType: 'LimitMaxDischarge',
        isDefault: false,
        isSuperseded: true,
        setting: report.limitMaxDischarge[0]?.limitMaxDischarge,
      },
    ]);
  });
  it('is the same with a default spelled out, a float passed through, or a time in another zone, and no other', () => {
    const wanted = { priority: 1, pct: 50, startTime: '2026-03-01T12:00:00Z' };
    expect(isSameControl(wanted, { priority: 1, pct: 50.00000001, startTime: '2026-03-01T13:00:00+01:00', duration: 5 })).toBe(true);
    expect(isSameControl(wanted, { priority: 1, pct: 51, startTime: '2026-03-01T12:00:00Z' })).toBe(false);
    expect(isSameControl(wanted, { priority: 1, pct: 50 })).toBe(false);
    expect(isSameControl({ a: [1, 2] }, { a: [1] })).toBe(false);
  });
});
