// Every setting, read once from the environment. A bad one stops the start with its name and what was expected.
// No settings at all means the embedded world on loopback with the data in ./data.
import { z } from 'zod';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const files = list;
const VERSIONS = ['1.6', '2.0.1', '2.1'] as const;
const port = z.coerce.number().int().min(0).max(65_535);

const Environment = z.object({
  /** Address servers listen on. Containers set 0.0.0.0. */
  BIND_ADDRESS: z.string().default('127.0.0.1'),
  HTTP_PORT: port.default(8080),
  OCPP_PORT: port.default(9220),
  OCPP_TLS_PORT: port.default(9221),
  /** Versions of OCPP that stations are offered, separated by commas; which one is spoken is the station's choice. */
  OCPP_VERSIONS: list.transform((given) => (given.length === 0 ? [...VERSIONS] : given)).pipe(z.array(z.enum(VERSIONS))),
  /** PEM files of certificates with their chains, separated by commas; one with an ECDSA and one with an RSA key serve all stations. Absent: no TLS here. */
  OCPP_TLS_CERT: files,
  /** PEM files of their private keys, in the same order. */
  OCPP_TLS_KEY: files,
  /** PEM files of the authorities that sign stations' certificates; without them no station can use security profile 3. */
  OCPP_TLS_CLIENT_CA: files,
  /** Organisations (O) a station's certificate may name, separated by commas: ours, and those we trust (A00.FR.404). */
  OCPP_TLS_ORGANIZATION: list,
  /** Who signs what stations ask for by SignCertificate: an authority of the network's own, or nobody. */
  CERTIFICATE_AUTHORITY: z.enum(['local', 'none']).default('local'),
  CERTIFICATE_VALIDITY_DAYS: z.coerce.number().int().min(1).max(3650).default(365),
  /** How long before its end a certificate of a station is an alarm, and one of ours is asked to be renewed; less than it is valid. */
  CERTIFICATE_ALARM_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  /** OCSP responders that may be asked, `host` or `host:port`, separated by commas; whatever address a station names, nobody else is. */
  OCSP_RESPONDERS: list,
  /** PEM files of the authorities of ISO 15118 that are trusted: of mobility operators for contracts, and of V2G. */
  ISO15118_AUTHORITIES: files,
  /** Address of the service that hands out contract certificates to cars (Get15118EVCertificate). */
  CONTRACT_POOL_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** JSON file of companies by VAT number (name, address1, city, country): what VatNumberValidation is answered from. Absent: no number counts as checked. */
  COMPANIES_FILE: z.string().min(1).optional(),
  /** Addresses or networks of proxies whose forwarded headers are believed (X-Forwarded-For, X-Forwarded-Proto, the client certificate). */
  OCPP_TRUSTED_PROXIES: list,
  /** Header in which such a proxy hands on the client certificate: RFC 9440, or PEM in percent-encoding. Absent: none is believed. */
  OCPP_CLIENT_CERT_HEADER: z.string().toLowerCase().optional(),
  /** Health and metrics of a service that runs alone; 0 picks a free port. */
  HEALTH_PORT: port.default(0),
  DATA_DIR: z.string().default('data'),
  /** Where traces are sent by OTLP over HTTP, e.g. http://collector:4318. Absent: there are none, and they cost nothing. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Part of the stations' calls that are followed, decided where they arrive. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.01),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** First API key; made at the first start and printed once when unset. */
  ADMIN_API_KEY: z.string().min(16).optional(),
  UNKNOWN_STATIONS: z.enum(['reject', 'pending', 'accept']).default('reject'),
  ALLOW_SECURITY_PROFILE_0: flag,
  /** Whether a token may begin a session while it has one open at another station (ConcurrentTx). */
  CONCURRENT_SESSIONS: z.enum(['allow', 'refuse']).default('allow'),
  HEARTBEAT_INTERVAL_S: z.coerce.number().int().min(1).max(86_400).default(300),
  /** When a station that is pending or rejected may boot again. */
  BOOT_RETRY_INTERVAL_S: z.coerce.number().int().min(1).max(86_400).default(60),
  /** How often an edge pings a silent socket. */
  PING_INTERVAL_S: z.coerce.number().min(0.1).max(3600).default(30),
  /** How often the planner looks ahead while cars charge where needs or prices are known; 0: never, everybody shares fairly. */
  PLAN_INTERVAL_S: z.coerce.number().int().min(0).max(3600).default(600),
  /** When the day before is reconciled each night, UTC. */
  RECONCILIATION_AT: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, UTC')
    .default('02:00'),
  /** Days that single meter values are kept in TimescaleDB; absent: its retention policy is left as it is (none, at first). Other databases keep everything. */
  METER_SAMPLES_DAYS: z.coerce.number().int().min(14).max(36_500).optional(),
  /** Where browsers find the console and the api, such as https://charging.example: in links of mails. Elsewhere than on this machine it keeps the console's key to itself. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** An OpenID provider that vouches for people, exactly as it calls itself; by https, or on this machine. Absent: API keys alone. */
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** What bearer tokens have to be for (aud), separated by commas. */
  OIDC_AUDIENCE: list,
  /** JSON file: which claims make which role, tenant and sites. */
  OIDC_MAPPING: z.string().min(1).optional(),
  /** As the console is known to the provider; with PUBLIC_URL people may sign in there. */
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  /** Absent: a public client, by PKCE alone. */
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_SCOPES: z.string().default('openid'),
  /** Mail server for alerts, smtp: or smtps:, with name and password in it where it wants them. Absent: no mail. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Whom mails are from; required with SMTP_URL. */
  MAIL_FROM: z.string().min(3).optional(),
  /** Whether webhooks may go to addresses of private networks and by plain http: for test networks, never where tenants do not trust each other. */
  WEBHOOK_PRIVATE_ADDRESSES: z.enum(['allow', 'refuse']).default('refuse'),
  /** Whether servers of grid operators (OpenADR, OSCP, brokers) may be in private networks and without TLS, as behind a VPN: never where tenants do not trust each other. */
  GRID_PRIVATE_ADDRESSES: z.enum(['allow', 'refuse']).default('refuse'),
  /** How often alerts are looked at for those who want to be told. */
  ALERT_INTERVAL_S: z.coerce.number().int().min(1).max(3600).default(15),
  EDGE_ID: z.string().optional(),
  KAFKA_BROKERS: z.string().optional(),
  REDIS_URL: z.string().optional(),
  DATABASE_URL: z.string().optional(),
  /** 32 bytes in base64; wraps the key table of the cluster world. */
  MASTER_KEY: z.string().optional(),
  /** Private key (Ed25519, PKCS #8 as base64) that this process signs its records with, from `npm run signing -- key`. Absent: it signs nothing. */
  EVENT_SIGNING_KEY: z.base64().optional(),
  /** JSON file of the public keys: who may write what, and from where on everything has to be signed (docs/signing.md). Absent: nothing is judged. */
  EVENT_SIGNERS: z.string().min(1).optional(),
  LOG_PARTITIONS: z.coerce.number().int().min(1).max(1024).default(64),
  KAFKA_REPLICATION: z.coerce.number().int().min(1).max(9).default(1),
  /** Before the names of topics, consumer groups and keys in Redis, where several installations share the servers; the database is named by its URL. */
  CLUSTER_PREFIX: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9._-]*$/, 'letters, digits and . _ - only')
    .default(''),
});

/** Names of all settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(Environment.shape);

export interface Config {
  readonly bindAddress: string;
  readonly httpPort: number;
  readonly ocppPort: number;
  readonly healthPort: number;
  readonly dataDir: string;
  readonly logLevel: string;
  /** Absent: no traces. */
  readonly traces?: { readonly endpoint: string; readonly ratio: number };
  readonly adminApiKey?: string;
  readonly unknownStations: 'reject' | 'pending' | 'accept';
  readonly allowSecurityProfile0: boolean;
  readonly concurrentSessions: 'allow' | 'refuse';
  readonly heartbeatIntervalS: number;
  readonly ocppVersions: readonly `ocpp${(typeof VERSIONS)[number]}`[];
  readonly bootRetryIntervalS: number;
  readonly pingIntervalS: number;
  /** 0 = no planner. */
  readonly planIntervalS: number;
  /** HH:MM, UTC. */
  readonly reconciliationAt: string;
  /** Days single meter values are kept in TimescaleDB; undefined: as the database has it. */
  readonly meterSamplesDays: number | undefined;
  readonly notifications: NotificationsConfig;
  readonly grid: { readonly privateAddresses: boolean };
  /** Absent: API keys alone. */
  readonly oidc?: OidcConfig;
  readonly edgeId?: string;
  /** Absent: stations come without encryption, or a proxy takes it off. */
  readonly ocppTls?: OcppTlsConfig;
  readonly certificates: CertificatesConfig;
  readonly companiesFile?: string;
  /** Organisations that certificates of stations may name. */
  readonly stationOrganizations: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly clientCertHeader?: string;
  /** Absent: the embedded world. */
  readonly cluster?: ClusterConfig;
}

export interface OidcConfig {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly mappingFile: string;
  /** Absent: nobody signs in to the console. */
  readonly client?: { readonly id: string; readonly secret?: string; readonly scopes: string; readonly publicUrl: string };
}

export interface NotificationsConfig {
  readonly publicUrl?: string;
  /** Absent: nobody is told by mail. */
  readonly mail?: { readonly smtpUrl: string; readonly from: string };
  readonly privateAddresses: boolean;
  readonly alertIntervalS: number;
}

export interface CertificatesConfig {
  readonly authority: 'local' | 'none';
  readonly validityDays: number;
  /** Before its end a certificate is an alarm for as long. */
  readonly alarmDays: number;
  /** OCSP responders that may be asked. */
  readonly responders: readonly string[];
  readonly iso15118Files: readonly string[];
  readonly contractPoolUrl?: string;
}

export interface OcppTlsConfig {
  readonly port: number;
  readonly certFiles: readonly string[];
  /** In the order of the certificates. */
  readonly keyFiles: readonly string[];
  readonly clientCaFiles: readonly string[];
}

export interface ClusterConfig {
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly signing: { readonly key?: string; readonly signersFile?: string };
  readonly partitions: number;
  readonly replication: number;
  readonly prefix: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What is not a number is shown as it was given; other values may be secret. */
function told({ path, message, code }: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string {
  const name = path.join('.');
  return code === 'invalid_type' && message.endsWith('received NaN')
    ? `${name}: a number was expected, not "${String(given[name])}"`
    : `${name}: ${message}`;
}

/** Rejects a mixture of worlds with the name that is missing. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => told(issue, given)).join('; '));
  const env = parsed.data;
  const servers = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'] as const;
  const missing = servers.filter((name) => env[name] === undefined);
  if (missing.length > 0 && missing.length < servers.length)
    throw new ConfigError(
      `${missing.join(' and ')} missing: set KAFKA_BROKERS, REDIS_URL and DATABASE_URL together, or none of them to run in one process`,
    );
  if (missing.length === 0 && env.MASTER_KEY === undefined)
    throw new ConfigError(
      'MASTER_KEY missing: 32 random bytes in base64 that wrap the keys of drivers and stations, e.g. from `openssl rand -base64 32`',
    );
  if (missing.length > 0 && (env.EVENT_SIGNING_KEY ?? env.EVENT_SIGNERS) !== undefined)
    throw new ConfigError('EVENT_SIGNING_KEY and EVENT_SIGNERS are for a log on Kafka: nobody else writes to the log of one process');
  if (env.CERTIFICATE_AUTHORITY !== 'none' && env.CERTIFICATE_VALIDITY_DAYS <= env.CERTIFICATE_ALARM_DAYS)
    throw new ConfigError(
      `CERTIFICATE_ALARM_DAYS: fewer than CERTIFICATE_VALIDITY_DAYS (${env.CERTIFICATE_VALIDITY_DAYS}) were expected, not ${env.CERTIFICATE_ALARM_DAYS}: every certificate would be an alarm, and renewed, from its first day; a third of its days is usual`,
    );
  const ocppTls = tlsOf(env);
  const oidc = oidcOf(env);
  if (env.SMTP_URL !== undefined && env.MAIL_FROM === undefined)
    throw new ConfigError('MAIL_FROM missing: the address that mails of SMTP_URL are from');
  return Object.freeze({
    bindAddress: env.BIND_ADDRESS,
    httpPort: env.HTTP_PORT,
    ocppPort: env.OCPP_PORT,
    healthPort: env.HEALTH_PORT,
    dataDir: env.DATA_DIR,
    logLevel: env.LOG_LEVEL,
    unknownStations: env.UNKNOWN_STATIONS,
    allowSecurityProfile0: env.ALLOW_SECURITY_PROFILE_0,
    concurrentSessions: env.CONCURRENT_SESSIONS,
    heartbeatIntervalS: env.HEARTBEAT_INTERVAL_S,
    ocppVersions: env.OCPP_VERSIONS.map((version) => `ocpp${version}` as const),
    bootRetryIntervalS: env.BOOT_RETRY_INTERVAL_S,
    pingIntervalS: env.PING_INTERVAL_S,
    planIntervalS: env.PLAN_INTERVAL_S,
    reconciliationAt: env.RECONCILIATION_AT,
    meterSamplesDays: env.METER_SAMPLES_DAYS,
    ...(ocppTls !== undefined && { ocppTls }),
    certificates: {
      authority: env.CERTIFICATE_AUTHORITY,
      validityDays: env.CERTIFICATE_VALIDITY_DAYS,
      alarmDays: env.CERTIFICATE_ALARM_DAYS,
      responders: env.OCSP_RESPONDERS,
      iso15118Files: env.ISO15118_AUTHORITIES,
      ...(env.CONTRACT_POOL_URL !== undefined && { contractPoolUrl: env.CONTRACT_POOL_URL }),
    },
    ...(env.COMPANIES_FILE !== undefined && { companiesFile: env.COMPANIES_FILE }),
    stationOrganizations: env.OCPP_TLS_ORGANIZATION,
    trustedProxies: env.OCPP_TRUSTED_PROXIES,
    ...(env.OCPP_CLIENT_CERT_HEADER !== undefined && { clientCertHeader: env.OCPP_CLIENT_CERT_HEADER }),
    ...(env.ADMIN_API_KEY !== undefined && { adminApiKey: env.ADMIN_API_KEY }),
    ...(oidc !== undefined && { oidc }),
    notifications: {
      ...(env.PUBLIC_URL !== undefined && { publicUrl: env.PUBLIC_URL.replace(/\/$/, '') }),
      ...(env.SMTP_URL !== undefined && env.MAIL_FROM !== undefined && { mail: { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM } }),
      privateAddresses: env.WEBHOOK_PRIVATE_ADDRESSES === 'allow',
      alertIntervalS: env.ALERT_INTERVAL_S,
    },
    grid: { privateAddresses: env.GRID_PRIVATE_ADDRESSES === 'allow' },
    ...(env.EDGE_ID !== undefined && { edgeId: env.EDGE_ID }),
    ...(env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && {
      traces: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: env.OTEL_TRACES_SAMPLER_ARG },
    }),
    ...(missing.length === 0 && {
      cluster: {
        kafkaBrokers: (env.KAFKA_BROKERS ?? '').split(',').map((broker) => broker.trim()),
        redisUrl: env.REDIS_URL ?? '',
        databaseUrl: env.DATABASE_URL ?? '',
        masterKey: env.MASTER_KEY ?? '',
        signing: {
          ...(env.EVENT_SIGNING_KEY !== undefined && { key: env.EVENT_SIGNING_KEY }),
          ...(env.EVENT_SIGNERS !== undefined && { signersFile: env.EVENT_SIGNERS }),
        },
        partitions: env.LOG_PARTITIONS,
        replication: env.KAFKA_REPLICATION,
        prefix: env.CLUSTER_PREFIX,
      },
    }),
  });
}

/** A provider without a mapping or an audience would let in nobody, or everybody. */
function oidcOf(env: z.output<typeof Environment>): OidcConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_MAPPING: mappingFile, OIDC_CLIENT_ID: id, OIDC_CLIENT_SECRET: secret } = env;
  if (issuer === undefined) return undefined;
  // Whoever stands between would hand us keys of his own, and be anybody.
  if (!/^(https:|http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$))/.test(issuer))
    throw new ConfigError('OIDC_ISSUER: https was expected, or a provider on this machine');
  if (mappingFile === undefined) throw new ConfigError('OIDC_MAPPING missing: the JSON file that makes claims roles, tenants and sites');
  if (audience.length === 0) throw new ConfigError('OIDC_AUDIENCE missing: what tokens have to be for');
  if (id === undefined) return { issuer, audience, mappingFile };
  if (env.PUBLIC_URL === undefined) throw new ConfigError('PUBLIC_URL missing: where the provider of OIDC_CLIENT_ID sends people back to');
  const publicUrl = env.PUBLIC_URL.replace(/\/$/, '');
  return { issuer, audience, mappingFile, client: { id, scopes: env.OIDC_SCOPES, publicUrl, ...(secret !== undefined && { secret }) } };
}

/** Half of a TLS listener, or certificates of stations that nobody may judge, stop the start. */
function tlsOf(env: z.output<typeof Environment>): OcppTlsConfig | undefined {
  const { OCPP_TLS_PORT: tlsPort, OCPP_TLS_CERT: certFiles, OCPP_TLS_KEY: keyFiles, OCPP_TLS_CLIENT_CA: clientCaFiles } = env;
  if (certFiles.length !== keyFiles.length)
    throw new ConfigError(`OCPP_TLS_KEY: ${certFiles.length} files were expected, one for each of OCPP_TLS_CERT`);
  const judgesStations = clientCaFiles.length > 0 || env.OCPP_CLIENT_CERT_HEADER !== undefined;
  if (judgesStations && env.OCPP_TLS_ORGANIZATION.length === 0)
    throw new ConfigError('OCPP_TLS_ORGANIZATION missing: the organisation (O) in certificates of stations, your own name as a rule');
  if (env.OCPP_CLIENT_CERT_HEADER !== undefined && env.OCPP_TRUSTED_PROXIES.length === 0)
    throw new ConfigError('OCPP_TRUSTED_PROXIES missing: the addresses OCPP_CLIENT_CERT_HEADER is believed from');
  if (env.OCPP_CLIENT_CERT_HEADER !== undefined && clientCaFiles.length === 0)
    throw new ConfigError('OCPP_TLS_CLIENT_CA missing: the authorities that certificates in OCPP_CLIENT_CERT_HEADER are checked against');
  return certFiles.length === 0 && clientCaFiles.length === 0 ? undefined : { port: tlsPort, certFiles, keyFiles, clientCaFiles };
}
