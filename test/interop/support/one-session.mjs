// What a simulator that others wrote is taken through, whichever it is, and what must stand in the records afterwards, read where an operator reads them:
// boot, a remote start, meter values, a limit below what the car draws, a remote stop, its bill; then the same begun by the driver at the station.
import { expectedOf, gate } from './judge.mjs';
import { PRICE_PER_KWH } from './network.mjs';

const SITE_A = 25;
const LOWERED_A = 10;
const VOLTAGE_V = 230;
/** Three lines at the lowered limit, and what measuring it may add [W]. Told in watts it is nothing: they might all be drawn from one line. */
const LOWERED_W = LOWERED_A * 3 * VOLTAGE_V * 1.05;

const THE_END = 'it comes to the end of its story';

/** Each check says what must be so; what does not come ends the story. `ran`: every check, with what was seen instead. */
function checks(name) {
  const ran = [];
  return {
    ran,
    that(what, holds, seen) {
      ran.push({ id: what, passed: holds, seen });
      process.stdout.write(`${name}: ${holds ? 'yes' : 'NO '} ${what}${holds ? '' : `: ${JSON.stringify(seen)}`}\n`);
    },
    async comes(what, look, withinMs) {
      const seen = await look.network.until(what, look, withinMs).catch((error) => {
        process.stdout.write(`${name}: NO  ${what}\n`);
        throw error;
      });
      ran.push({ id: what, passed: true, seen });
      process.stdout.write(`${name}: yes ${what}\n`);
      return seen;
    },
  };
}

const remoteStart = ({ version, tokens: [idToken] }) =>
  version === '1.6'
    ? ['RemoteStartTransaction', { connectorId: 1, idTag: idToken }]
    : ['RequestStartTransaction', { remoteStartId: 7, evseId: 1, idToken: { idToken, type: 'ISO14443' } }];
const remoteStop = ({ version }, transactionId) =>
  version === '1.6' ? ['RemoteStopTransaction', { transactionId: Number(transactionId) }] : ['RequestStopTransaction', { transactionId }];
const compositeSchedule = ({ version }) => [
  'GetCompositeSchedule',
  { ...(version === '1.6' ? { connectorId: 1 } : { evseId: 1 }), duration: 600, chargingRateUnit: 'W' },
];
const sampleEvery = ({ version }, seconds) =>
  version === '1.6'
    ? ['ChangeConfiguration', { key: 'MeterValueSampleInterval', value: String(seconds) }]
    : [
        'SetVariables',
        {
          setVariableData: Object.entries({
            TxUpdatedInterval: String(seconds),
            TxStartedMeasurands: 'Energy.Active.Import.Register',
            TxUpdatedMeasurands: 'Energy.Active.Import.Register,Power.Active.Import',
            TxEndedMeasurands: 'Energy.Active.Import.Register',
          }).map(([name, attributeValue]) => ({ component: { name: 'SampledDataCtrlr' }, variable: { name }, attributeValue })),
        },
      ];

/**
 * One station through its story. `simulator`: name, version, stationId, siteId, tokens (two known, one unknown), isSteered (takes charging profiles), tellsSchedule,
 * start(password), plugIn(), unplug(), and present(idToken) where a driver can be played. Answers every check: `id`, `passed`, and what was `seen`.
 */
export async function tellOneSession(network, simulator) {
  const { name, version, siteId, stationId, tokens, isSteered } = simulator;
  const told = checks(name);
  const { that, comes } = told;
  const look = (ask) => Object.assign(ask, { network });
  const station = () => network.call('GET', `/v1/stations/${stationId}`);
  const newest = async () => (await network.items(`/v1/sessions?stationId=${stationId}`))[0];
  const sessionIn = (status, since) =>
    look(async () => {
      const session = await newest();
      return session !== undefined && session.sessionId !== since && session.status === status && session;
    });
  const answered = async (what, [action, payload], states = ['accepted']) => {
    const command = await network.command(stationId, action, payload);
    const kept = await network.call('GET', `/v1/commands/${command.commandId}`);
    that(
      `${what}, and the record says so`,
      states.includes(command.state) && kept.state === command.state && kept.endedAt !== null,
      command,
    );
    return command;
  };
  /** What a session that ended leaves: energy of its own register, and one bill over exactly that. */
  const billed = async (session, idToken) => {
    that(
      'its energy is the difference of its register',
      session.energyWh > 0 && session.meterStopWh - session.meterStartWh === session.energyWh,
      session,
    );
    that('nothing is odd about it', session.flags.length === 0, session.flags);
    const bills = await comes(
      'a bill comes',
      look(async () => {
        const found = await network.items(`/v1/cdrs?sessionId=${session.sessionId}`);
        return found.length > 0 && found;
      }),
    );
    const [{ total_energy: energyKwh, total_cost: cost, cdr_token: token }] = bills;
    that('it is one, of that energy', bills.length === 1 && Math.abs(energyKwh * 1000 - session.energyWh) < 0.1, bills);
    that('at the price of the site', Math.abs(cost.excl_vat - (session.energyWh / 1000) * PRICE_PER_KWH) < 0.001, cost);
    that('to the token that was presented', token.uid === idToken, token);
  };

  await network.site(siteId, SITE_A);
  const password = await network.station(siteId, stationId, { maxA: 32 });
  for (const idToken of tokens.slice(0, 2)) await network.token(idToken);
  try {
    await simulator.start(password);
    const booted = await comes(
      'it boots and is here',
      look(async () => {
        const seen = await station();
        return seen.online && seen.vendor !== null && seen.bootAnswer === 'Accepted' && seen;
      }),
    );
    that(`it speaks OCPP ${version}`, booted.ocppVersion === `ocpp${version}`, booted);
    await answered('it takes a rhythm of meter values', sampleEvery(simulator, 2), ['accepted', 'rejected']);

    await simulator.plugIn();
    await answered('a remote start is accepted', remoteStart(simulator));
    const started = await comes('a session begins', sessionIn('active'));
    const charging = await comes(
      'its energy and power are told',
      look(async () => {
        const session = await newest();
        return session.energyWh >= 5 && session.powerW > 0 && session;
      }),
      90_000,
    );
    that('it is the same session', charging.sessionId === started.sessionId, charging);

    await network.site(siteId, LOWERED_A);
    if (isSteered) {
      await comes(
        'a limit below is sent and taken',
        look(async () => {
          const [outlet] = (await station()).evses;
          return outlet.limitA !== null && outlet.limitA <= LOWERED_A && outlet;
        }),
      );
      await comes(
        'the car draws less',
        look(async () => {
          const { powerW } = await newest();
          return powerW !== null && powerW <= LOWERED_W && powerW < charging.powerW * 0.9;
        }),
        90_000,
      );
      const { answer } = await answered('it is asked for its schedule', compositeSchedule(simulator));
      const periods = (answer?.chargingSchedule ?? answer?.schedule)?.chargingSchedulePeriod ?? [];
      if (simulator.tellsSchedule)
        that('its schedule is within the limit', periods.length > 0 && periods.every(({ limit }) => limit <= LOWERED_W), answer);
    } else {
      await comes(
        'that it does not follow is an alarm',
        look(async () => (await station()).alarms[0]),
        90_000,
      );
      const limits = await network.items(`/v1/sites/${siteId}/limits?limit=50`);
      const refused = limits.filter((each) => each.stationId === stationId);
      that(
        'no limit is believed to hold',
        refused.every(({ outcome }) => outcome !== 'Accepted'),
        refused[0],
      );
    }
    await network.site(siteId, SITE_A);

    await answered('a remote stop is accepted', remoteStop(simulator, started.transactionId));
    const ended = await comes('the session ends', sessionIn('ended'));
    that('as stopped from afar', ended.reason === 'Remote', ended.reason);
    await billed(ended, tokens[0]);
    await simulator.unplug();

    if (simulator.present === undefined) return told.ran;
    await simulator.plugIn();
    await simulator.present(tokens[2]);
    await simulator.present(tokens[1]);
    const own = await comes('a driver begins a session', sessionIn('active', ended.sessionId));
    await comes(
      'its energy is told',
      look(async () => (await newest()).energyWh >= 5),
      90_000,
    );
    await simulator.present(tokens[1]);
    const last = await comes('the driver ends it', sessionIn('ended', ended.sessionId));
    that(
      'an unknown token began none',
      last.sessionId === own.sessionId && (await network.items(`/v1/sessions?stationId=${stationId}`)).length === 2,
      last,
    );
    await billed(last, tokens[1]);
    await simulator.unplug();
    await answered('a reset is accepted', ['Reset', { type: version === '1.6' ? 'Soft' : 'Immediate' }]);
  } catch (error) {
    told.ran.push({ id: THE_END, passed: false, seen: error.message });
    if (process.env.INTEROP_VERBOSE) {
      const limits = await network.items(`/v1/sites/${siteId}/limits?limit=10`);
      process.stderr.write(`${JSON.stringify([await station(), await newest(), limits], null, 1)}\n`);
    }
  } finally {
    await simulator.stop();
  }
  return told.ran;
}

/** Every simulator one after the other; prints what came of it, and judges it by what is expected of `suite`. */
export async function tellAll(network, suite, simulators) {
  await network.start();
  await network.tariff();
  const results = [];
  for (const simulator of simulators) results.push([simulator, await tellOneSession(network, simulator)]);
  await network.stop();
  for (const line of network.warnings) process.stdout.write(`${line}\n`);
  network.remove();
  for (const [{ name, version }, ran] of results) {
    const failed = ran.filter(({ passed }) => !passed);
    process.stdout.write(`${name}: ${ran.length - failed.length} of ${ran.length}\n`);
    for (const { id, seen } of failed) process.stdout.write(`  not: ${id}: ${JSON.stringify(seen)}\n`);
    gate(name, ran, expectedOf(suite)[version]);
  }
}
