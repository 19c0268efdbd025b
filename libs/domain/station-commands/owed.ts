// What a CSMS owes a station in what it sends, where the schema cannot say it: OCPP 2.0.1 Part 2, the same in 2.1. 1.6 has no such rules.
// Commands that somebody asks for are refused by it before they are written; our own are made so that they keep it.
import { isOcpp2, type OcppVersion } from '#ocpp';

export interface CommandFault {
  /** Within the payload, as a JSON pointer. */
  readonly path: string;
  /** What is wrong, with the requirement. */
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;
type Rule = (payload: Json) => readonly CommandFault[];

const EXTERNAL = 'ChargingStationExternalConstraints';

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(asObject) : []);
const fault = (isWrong: boolean, path: string, message: string): readonly CommandFault[] => (isWrong ? [{ path, message }] : []);
const hasAny = (criteria: unknown, fields: readonly string[]): boolean => fields.some((field) => asObject(criteria)[field] !== undefined);

/** One variable of one component, as it is told apart from others; an attribute that is left out is the actual value. */
function attributeName({ component, variable, attributeType = 'Actual' }: Json): string {
  const { name, instance, evse } = asObject(component);
  const place = asObject(evse);
  const { name: variableName, instance: variableInstance } = asObject(variable);
  return JSON.stringify([name, instance, place.id, place.connectorId, variableName, variableInstance, attributeType]).toLowerCase();
}

function setVariables({ setVariableData }: Json): readonly CommandFault[] {
  const names = asList(setVariableData).map(attributeName);
  const again = names.findIndex((name, index) => names.indexOf(name) < index);
  return fault(again >= 0, `/setVariableData/${again}`, 'sets what an element before it sets: one message sets a value once (B05.FR.13)');
}

const trigger: Rule = ({ requestedMessage, evse }) =>
  fault(
    requestedMessage === 'StatusNotification' && asObject(evse).connectorId === undefined,
    '/evse/connectorId',
    'a status is told for one connector: name it (F06.FR.13)',
  );

/** A start carries its profile before there is a transaction to name (F01.FR.11). */
function profile(isStart: boolean): Rule {
  return ({ chargingProfile }) => {
    if (chargingProfile === undefined) return [];
    const { chargingProfilePurpose: purpose, transactionId, chargingProfileKind: kind, chargingSchedule } = asObject(chargingProfile);
    const periods = asList(chargingSchedule).flatMap(({ chargingSchedulePeriod }) => asList(chargingSchedulePeriod));
    const path = '/chargingProfile';
    return [
      ...fault(purpose === EXTERNAL, `${path}/chargingProfilePurpose`, 'is for systems at the station alone to set (K01.FR.22, K02.FR.07)'),
      ...fault(
        purpose === 'TxProfile' && !isStart && transactionId === undefined,
        `${path}/transactionId`,
        'a profile for a transaction names it (K01.FR.03)',
      ),
      ...fault(
        purpose === 'ChargingStationMaxProfile' && kind === 'Relative',
        `${path}/chargingProfileKind`,
        'the maximum of a station is relative to nothing (K01.FR.38)',
      ),
      ...fault(
        periods.some(({ phaseToUse, numberPhases }) => phaseToUse !== undefined && numberPhases !== 1),
        `${path}/chargingSchedule`,
        'phaseToUse goes with numberPhases 1 only (K01.FR.19)',
      ),
    ];
  };
}

function clearProfile({ chargingProfileId, chargingProfileCriteria }: Json): readonly CommandFault[] {
  const isNamed = chargingProfileId !== undefined || hasAny(chargingProfileCriteria, ['stackLevel', 'evseId', 'chargingProfilePurpose']);
  const { chargingProfilePurpose } = asObject(chargingProfileCriteria);
  return [
    ...fault(!isNamed, '/chargingProfileId', 'name the profile, or tell it by stackLevel, evseId or chargingProfilePurpose (K10.FR.02)'),
    ...fault(
      chargingProfilePurpose === EXTERNAL,
      '/chargingProfileCriteria/chargingProfilePurpose',
      'is for systems at the station alone to clear (K10.FR.06)',
    ),
  ];
}

const getProfiles: Rule = ({ chargingProfile }) =>
  fault(
    !hasAny(chargingProfile, ['chargingProfileId', 'stackLevel', 'chargingLimitSource', 'chargingProfilePurpose']),
    '/chargingProfile',
    'name profiles, or tell them by stackLevel, chargingLimitSource or chargingProfilePurpose (K09.FR.03)',
  );

const customer: Rule = (payload) =>
  fault(
    ['idToken', 'customerCertificate', 'customerIdentifier'].filter((field) => payload[field] !== undefined).length !== 1,
    '/customerIdentifier',
    'a customer is named in one way: idToken, customerCertificate or customerIdentifier (N09.FR.04, N10.FR.08)',
  );

function updateFirmware({ firmware }: Json): readonly CommandFault[] {
  const { signature, signingCertificate } = asObject(firmware);
  return fault(
    (signature === undefined) !== (signingCertificate === undefined),
    '/firmware/signingCertificate',
    'signed firmware comes with its signature and the certificate it was signed with (L01.FR.11)',
  );
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['ClearChargingProfile', clearProfile],
  ['CustomerInformation', customer],
  ['GetChargingProfiles', getProfiles],
  ['RequestStartTransaction', profile(true)],
  ['SetChargingProfile', profile(false)],
  ['SetVariables', setVariables],
  ['TriggerMessage', trigger],
  ['UpdateFirmware', updateFirmware],
]);

/** What is wrong with a payload that keeps to its schema; empty where nothing is. */
export const commandFaults = (version: OcppVersion, action: string, payload: Json): readonly CommandFault[] =>
  isOcpp2(version) ? (RULES.get(action)?.(payload) ?? []) : [];
