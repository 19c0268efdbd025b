// What open-ocpp-tck asks of a system under test, on our own HTTP interface: operations become commands, records are read where an operator reads them.
// Loaded by its runner (bun); `tck.mjs` beside this file starts both and names the network in the environment.
import { join } from 'node:path';
import { Api } from './support/network.mjs';

const { TCK_CHECKOUT, TCK_API_URL, TCK_API_KEY, TCK_OCPP_URL, TCK_PASSWORD } = process.env;
const api = new Api(TCK_API_URL, TCK_API_KEY);
const { unverifiable } = await import(join(TCK_CHECKOUT, 'tck/unverifiable.ts'));

const profile = (chargingProfileId, chargingProfilePurpose) => ({
  chargingProfileId,
  stackLevel: 0,
  chargingProfilePurpose,
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 11_000 }] },
});
/** By the names its scenarios have for them. */
const PROFILES = { 'TC056 TxDefaultProfile': profile(56, 'TxDefaultProfile'), 'TC057 TxProfile': profile(57, 'TxProfile') };
const profileOf = (ref) => Object.values(PROFILES).find(({ chargingProfileId }) => String(chargingProfileId) === ref);

const session = (ref) => api.call('GET', `/v1/sessions/${ref}`);
const sessions = (stationId) => api.items(`/v1/sessions?stationId=${stationId}`);
const transactionId = async (ref) => (ref ? Number((await session(ref)).transactionId) : undefined);
const billOf = async ({ sessionId }) => (await api.items(`/v1/cdrs?sessionId=${sessionId}`))[0];
/** The token a session is billed to, once there is a bill. */
const tokenOf = async (found) => (await api.until('a bill', () => billOf(found), 15_000).catch(() => undefined))?.cdr_token.uid;

/** An operation of 1.6 as its payload; what is not here has the names of OCPP already. */
const PAYLOADS = {
  GetConfiguration: ({ keys }) => ({ key: keys }),
  RemoteStartTransaction: ({ chargingProfile, ...rest }) => ({ ...rest, chargingProfile: profileOf(chargingProfile) }),
  RemoteStopTransaction: async ({ transaction }) => ({ transactionId: await transactionId(transaction) }),
  SetChargingProfile: async ({ connectorId, chargingProfile, transaction }) => ({
    connectorId,
    csChargingProfiles: { ...profileOf(chargingProfile), transactionId: await transactionId(transaction) },
  }),
  ClearChargingProfile: ({ chargingProfile, connectorId, purpose, stackLevel }) => ({
    id: chargingProfile === undefined ? undefined : Number(chargingProfile),
    connectorId,
    chargingProfilePurpose: purpose,
    stackLevel,
  }),
  // One of its cases reads the text of the message: in this order.
  SendLocalList: ({ listVersion, localAuthorizationList, updateType }) => ({
    listVersion,
    localAuthorizationList: localAuthorizationList?.map(({ idTag, status = 'Accepted', ...info }) => ({
      idTag,
      idTagInfo: { status, ...info },
    })),
    updateType,
  }),
  CancelReservation: ({ reservation }) => ({ reservationId: Number(reservation) }),
};

const operations16 = {
  async execute(stationId, { action, ...operation }) {
    if (action === 'ReserveNow') {
      const { connectorId, idTag, parentIdTag, expiryDate } = operation;
      const wish = { stationId, evseId: connectorId, idToken: idTag, groupId: parentIdTag, expiresAt: expiryDate.toISOString() };
      return (await api.call('POST', '/v1/reservations?wait=true', wish)).state;
    }
    const payload = await (PAYLOADS[action]?.(operation) ?? operation);
    return (await api.command(stationId, action, payload)).state;
  },
};
const operations201 = {
  async execute(stationId, { action, variables, ...rest }) {
    const payload = variables === undefined ? rest : { [action === 'GetVariables' ? 'getVariableData' : 'setVariableData']: variables };
    return (await api.command(stationId, action, payload)).state;
  },
};

const records = {
  latestTransaction: async (stationId) => (await sessions(stationId))[0]?.sessionId ?? '',
  // Its stations have one outlet each, and which token an active session began with is no operator's to read.
  waitForActiveTransaction: async (stationId, _idTag, timeoutSecs = 15) =>
    (await api.until('a session', async () => (await sessions(stationId)).find(({ status }) => status === 'active'), timeoutSecs * 1000))
      .sessionId,
  transactionIdTag: async (ref) =>
    (await tokenOf({ sessionId: ref })) ?? unverifiable('which token a session began with is told with its bill'),
  transactionStopTimestamp: async (ref) => (await session(ref)).endedAt ?? '',
  transactionStopReason: async (ref) => (await session(ref)).reason ?? '',
  async transactionCountForIdTag(stationId, idTag) {
    const tokens = await Promise.all((await sessions(stationId)).map(tokenOf));
    return String(tokens.filter((token) => token === undefined || token === idTag).length);
  },
  reservations: {
    latest: async (stationId) => String((await api.items(`/v1/reservations?stationId=${stationId}`))[0]?.reservationId ?? ''),
    status: async (ref) => (await api.call('GET', `/v1/reservations/${ref}`)).state.toUpperCase(),
  },
  chargingProfiles: { refByDescription: async (name) => String(PROFILES[name]?.chargingProfileId ?? '') },
};

export const csmsDriver = {
  id: 'interop',
  displayName: 'this network',
  create: () => ({
    operations16,
    operations201,
    records,
    simTransport: async (stationId) => ({
      wsUrl: TCK_OCPP_URL,
      appendCpIdToWsPath: true,
      basicAuthUser: stationId,
      basicAuthPass: TCK_PASSWORD,
    }),
  }),
};
