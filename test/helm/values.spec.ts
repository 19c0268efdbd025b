// What may be written into the chart's values: the schema, asked without Helm.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { SETTING_NAMES } from '#config';
import { CHART, SET_NAMES, setValues, valuesWith } from './chart.js';

const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(schema);
/** Field and complaint, one line each. */
const complaints = (values: unknown): readonly string[] =>
  validate(values)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);

/** The chart sets these itself, or the Secret does; whatever else operators may set is in the schema of the values. */
const NOT_SETTINGS = [
  ...['BIND_ADDRESS', 'HTTP_PORT', 'HEALTH_PORT', 'OCPP_PORT', 'OCPP_TLS_PORT', 'DATA_DIR', 'EDGE_ID'],
  ...[
    'KAFKA_BROKERS',
    'LOG_PARTITIONS',
    'KAFKA_REPLICATION',
    'DATABASE_URL',
    'REDIS_URL',
    'MASTER_KEY',
    'EVENT_SIGNING_KEY',
    'ADMIN_API_KEY',
    'SMTP_URL',
    'OIDC_CLIENT_SECRET',
  ],
  ...['OCPP_TLS_CERT', 'OCPP_TLS_KEY', 'OCPP_TLS_CLIENT_CA', 'OCPP_TLS_ORGANIZATION', 'OCPP_TRUSTED_PROXIES', 'OCPP_CLIENT_CERT_HEADER'],
];

describe('the schema of the values', () => {
  it.each(SET_NAMES)('takes the set "%s"', (name) => expect(complaints(valuesWith(setValues(name)))).toEqual([]));

  it.each([
    [{ edge: { replicas: 'two' } }, '/edge/replicas must be integer'],
    [{ edge: { replica: 2 } }, '/edge must NOT have additional properties {"additionalProperty":"replica"}'],
    [{ edge: { terminationGracePeriodSeconds: 20 } }, '/edge/terminationGracePeriodSeconds must be >= 45'],
    [{ edge: { service: { type: 'Loadbalancer' } } }, '/edge/service/type must be equal to one of the allowed values'],
    [{ edge: { resources: { limits: { memory: '1 GB' } } } }, '/edge/resources/limits/memory must match pattern'],
    [{ kafka: { brokers: ['kafka'] } }, '/kafka/brokers/0 must match pattern'],
    [{ kafka: { partitions: 0 } }, '/kafka/partitions must be >= 1'],
    [{ keda: { cooldownPeriod: 60 } }, '/keda/cooldownPeriod must be >= 300'],
    [{ keda: { minReplicas: 0 } }, '/keda/minReplicas must be >= 1'],
    [{ keda: { services: ['edge'] } }, '/keda/services/0 must be equal to one of the allowed values'],
    [{ ingress: { ocppHost: 'https://ocpp.example.com' } }, '/ingress/ocppHost must match pattern'],
    [{ settings: { LOGLEVEL: 'info' } }, '/settings must NOT have additional properties {"additionalProperty":"LOGLEVEL"}'],
    [{ settings: { MASTER_KEY: 'x' } }, '/settings must NOT have additional properties {"additionalProperty":"MASTER_KEY"}'],
    [{ settings: { LOG_LEVEL: 'loud' } }, '/settings/LOG_LEVEL must be equal to one of the allowed values'],
    [{ mounts: [{ name: 'a', path: '/a' }] }, '/mounts/0 must match exactly one schema in oneOf'],
    [{ proxy: { trusted: ['ingress-nginx'] } }, '/proxy/trusted/0 must match pattern'],
    [{ networkPolicy: { stations: [{ namespace: 'x' }] } }, '/networkPolicy/stations/0 must NOT have additional properties'],
    [{ replicaCount: 3 }, ' must NOT have additional properties {"additionalProperty":"replicaCount"}'],
  ])('refuses %j by the name of its field', (wrong, complaint) =>
    expect(complaints(valuesWith(setValues('small'), wrong))).toContainEqual(expect.stringContaining(complaint)),
  );

  it('knows every setting of the product, and no other', () => {
    const known = Object.keys(schema.properties.settings.properties);
    const own = SETTING_NAMES.filter((name) => !NOT_SETTINGS.includes(name) && !name.startsWith('OTEL_'));
    expect(known.toSorted()).toEqual(own.toSorted());
  });
});
