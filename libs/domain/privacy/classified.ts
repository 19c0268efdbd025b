// The one table of what OCPP fields tell: every free text of every official message has a line here, and a test fails for one that has not.
// What happens to each kind is decided in protect.ts. All versions agree on what a field of an action tells, so a line holds for all of them.
import { officialWords } from '#ocpp';

/**
 * `token` names a driver · `personal` tells of a person, or may · `sealed` is nobody's business but the station's (a signing request)
 * `secret` opens a door · `setting` is secret or not by the name of its key or variable · `signed` is personal where its sibling `format` says SignedData
 * `url` may carry a password before its host · `opaque` is a vendor's own, of any shape · `plain` tells of devices and numbers only
 */
export type FieldKind = 'token' | 'personal' | 'sealed' | 'secret' | 'setting' | 'signed' | 'url' | 'opaque' | 'plain';

/** Each line: fields, or `parent.field`, or `Action:field` where only that message means it so; the most particular line wins. */
const TABLE: readonly (readonly [FieldKind, string])[] = [
  ['token', 'idTag parentIdTag idToken additionalIdToken idTokens prioritizedEMAIDs'],
  ['personal', 'Authorize:certificate Authorize:issuerKeyHash Authorize:issuerNameHash Authorize:serialNumber'],
  ['personal', 'CustomerInformation:customerIdentifier CustomerInformation:issuerKeyHash CustomerInformation:issuerNameHash'],
  ['personal', 'CustomerInformation:serialNumber NotifyCustomerInformation:data GetCertificateStatus:issuerKeyHash'],
  ['personal', 'GetCertificateStatus:issuerNameHash GetCertificateStatus:serialNumber GetCertificateChainStatus:issuerKeyHash'],
  ['personal', 'GetCertificateChainStatus:issuerNameHash GetCertificateChainStatus:serialNumber'],
  ['personal', 'Get15118EVCertificate:exiRequest Get15118EVCertificate:exiResponse GetCertificateStatus:ocspResult'],
  ['personal', 'content signedMeterData evInverterSerialNumber BatterySwap:serialNumber apnUserName user'],
  ['personal', 'pspRef receiptId receiptUrl vatNumber NotifySettlement:statusInfo'],
  ['personal', 'address1 address2 city country postalCode company.name address.name'],
  ['sealed', 'csr'],
  ['secret', 'apnPassword password basicAuthPassword privateKey vpn.key'],
  ['setting', 'ChangeConfiguration:value configurationKey.value attributeValue variableAttribute.value actualValue'],
  ['signed', 'sampledValue.value'],
  ['url', 'location remoteLocation responderURL ocppCsmsUrl urls'],
  ['opaque', 'DataTransfer:data'],
  // Devices and their makers
  [
    'plain',
    'chargeBoxSerialNumber chargePointModel chargePointSerialNumber chargePointVendor firmwareVersion iccid imsi meterSerialNumber',
  ],
  ['plain', 'meterType model vendorName chargingStation.serialNumber vendorId messageId apn preferredNetwork server group identity'],
  ['plain', 'evInverterHwVersion evInverterManufacturer evInverterModel evInverterSwVersion vendorInfo connectorType customTrigger'],
  // Certificates of stations and authorities
  ['plain', 'certificate certificateChain signature signingCertificate issuerKeyHash issuerNameHash serialNumber publicKey'],
  ['plain', 'encodingMethod signingMethod iso15118SchemaVersion checksum digestValue priceScheduleSignature'],
  // Names of settings, states and events
  ['plain', 'key unknownKey instance name component.name variable.name unit valuesList fileName filename info vendorErrorCode'],
  ['plain', 'techInfo techCode type reasonCode additionalInfo extraInfo failureReason transactionId controlId supersededIds id v'],
  ['plain', 'chargingLimitSource'],
  // Prices
  ['plain', 'currency language language1 language2 priceAlgorithm priceScheduleDescription serviceName tariffId tariffIds'],
  ['plain', 'overstayRuleDescription salesTariffDescription taxRuleName paymentBrand paymentRecognition'],
  ['plain', 'startTimeOfDay endTimeOfDay validFromDate validToDate'],
];

interface Line {
  readonly kind: FieldKind;
  readonly action?: string;
  readonly parent?: string;
}

function lines(): ReadonlyMap<string, readonly Line[]> {
  const byField = new Map<string, Line[]>();
  for (const [kind, entries] of TABLE)
    for (const entry of entries.split(' ')) {
      const [, action, parent, field = ''] = /^(?:(\w+):)?(?:(\w+)\.)?(\w+)$/.exec(entry) ?? [];
      const line = { kind, ...(action !== undefined && { action }), ...(parent !== undefined && { parent }) };
      byField.set(field, [...(byField.get(field) ?? []), line]);
    }
  const rank = ({ action, parent }: Line): number => (action === undefined ? 0 : 2) + (parent === undefined ? 0 : 1);
  for (const [field, all] of byField)
    byField.set(
      field,
      all.toSorted((a, b) => rank(b) - rank(a)),
    );
  return byField;
}
const LINES = lines();

/** What the table says of a field; `parent` is the field that holds it, lists left out. Undefined = no line. */
export const lineOf = (action: string, parent: string, field: string): FieldKind | undefined =>
  LINES.get(field)?.find((line) => (line.action ?? action) === action && (line.parent ?? parent) === parent)?.kind;

/** Names no standard has: messages nobody has heard of are covered by what their fields are called. */
const TOKEN_NAME = /idtag|idtoken|rfid|emaid|contractid|cardnumber|licen[cs]eplate|^vin$|^uid$/i;
const SECRET_NAME =
  /authorizationkey|password|passwd|passphrase|passcode|secret|private_?key|psk$|pin(code)?$|credential|api_?key|(access|auth|api|bearer)_?token/i;
/** A setting that names drivers: the group of cards that may end every session. */
const PERSONAL_SETTING = /^MasterPassGroupId$/i;

/** What the name of a configuration key or variable says of its value. */
export const settingKind = (name: string): FieldKind =>
  SECRET_NAME.test(name) ? 'secret' : PERSONAL_SETTING.test(name) ? 'personal' : 'plain';

const kindOfStranger = (field: string): FieldKind | undefined =>
  TOKEN_NAME.test(field) ? 'token' : SECRET_NAME.test(field) ? 'secret' : undefined;

/** The kind of a text in a message; undefined for what needs no care. */
export function kindOf(action: string, parent: string, field: string): FieldKind | undefined {
  const known = lineOf(action, parent, field);
  if (known !== undefined) return known;
  return officialWords.has(field) ? undefined : kindOfStranger(field);
}
