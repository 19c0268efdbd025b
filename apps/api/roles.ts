// Who may call what: the roles of an API key, and for each route those that are let in. What is not named here is the admin's alone.
// Who the caller is, is auth.ts's business.
import type { Route } from './http.js';

export const ROLES = [
  'viewer',
  'operator',
  'technician',
  'site_host',
  'billing',
  'energy_manager',
  'analyst',
  'utility',
  'auditor',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

const STAFF = ROLES.filter((role) => role !== 'utility');
const MONEY: readonly Role[] = ['billing', 'operator', 'site_host', 'analyst', 'auditor', 'admin'];
const FIELD: readonly Role[] = ['operator', 'technician', 'admin'];
const ENERGY: readonly Role[] = ['energy_manager', 'operator', 'admin'];

const ALLOWED: Readonly<Record<string, readonly Role[]>> = {
  'GET /v1/sites': ROLES,
  'GET /v1/sites/{siteId}': ROLES,
  'GET /v1/sites/{siteId}/load': ROLES,
  'PUT /v1/sites/{siteId}': ENERGY,
  'DELETE /v1/sites/{siteId}': ENERGY,
  'PUT /v1/sites/{siteId}/tariff': ['billing', 'admin'],
  'POST /v1/sites/{siteId}/measurements': ['energy_manager', 'site_host', 'utility', 'admin'],
  'GET /v1/stations': STAFF,
  'GET /v1/stations/{stationId}': STAFF,
  'GET /v1/stations/{stationId}/variables': STAFF,
  'PUT /v1/stations/{stationId}': FIELD,
  'DELETE /v1/stations/{stationId}': FIELD,
  'PUT /v1/stations/{stationId}/boot-status': FIELD,
  'GET /v1/stations/{stationId}/certificates': STAFF,
  'POST /v1/stations/{stationId}/certificates': FIELD,
  'DELETE /v1/stations/{stationId}/certificates/{certificateId}': FIELD,
  'POST /v1/stations/{stationId}/certificate-inventory': FIELD,
  'POST /v1/stations/{stationId}/certificate-renewal': FIELD,
  'GET /v1/stations/{stationId}/refused-connections': [...FIELD, 'auditor'],
  'GET /v1/certificates': STAFF,
  'GET /v1/certificate-authority': STAFF,
  'POST /v1/stations/{stationId}/commands': FIELD,
  'GET /v1/stations/{stationId}/parked-frames': [...FIELD, 'auditor'],
  'POST /v1/stations/{stationId}/parked-frames/{frameId}/replay': ['operator', 'admin'],
  'GET /v1/parked-records': [...FIELD, 'auditor'],
  'GET /v1/commands/{id}': STAFF,
  'GET /v1/stations/{stationId}/token-copies': STAFF,
  'GET /v1/stations/{stationId}/display-messages': STAFF,
  'PUT /v1/stations/{stationId}/display-messages/{messageId}': ['operator', 'site_host', 'admin'],
  'DELETE /v1/stations/{stationId}/display-messages/{messageId}': ['operator', 'site_host', 'admin'],
  'POST /v1/stations/{stationId}/display-messages/reports': FIELD,
  'POST /v1/reservations': ['operator', 'site_host', 'admin'],
  'GET /v1/reservations': STAFF,
  'GET /v1/reservations/{reservationId}': STAFF,
  'DELETE /v1/reservations/{reservationId}': ['operator', 'site_host', 'admin'],
  'POST /v1/stations/{stationId}/local-list/renewals': FIELD,
  'PUT /v1/tokens/{type}/{idToken}': ['operator', 'billing', 'admin'],
  'PUT /v1/tariffs/{tariffId}': ['billing', 'admin'],
  'GET /v1/tariffs/{tariffId}': STAFF,
  'GET /v1/sessions': STAFF,
  'GET /v1/sessions/{id}': STAFF,
  'GET /v1/sessions/{id}/explain': STAFF,
  'PUT /v1/sessions/{id}/needs': ['operator', 'site_host', 'energy_manager', 'admin'],
  'PUT /v1/sessions/{id}/priority': ['operator', 'site_host', 'energy_manager', 'admin'],
  'GET /v1/cdrs': MONEY,
  'GET /v1/cdrs/{id}': MONEY,
  'POST /v1/rating': ROLES,
  'POST /v1/allocations': ROLES,
  'POST /v1/composite-schedules': ROLES,
  'POST /v1/grid/limits': ['utility', 'energy_manager', 'admin'],
  'DELETE /v1/grid/limits/{limitId}': ['utility', 'energy_manager', 'admin'],
  'GET /v1/grid/limits': ROLES,
  'GET /v1/grid/limits/{limitId}': ROLES,
  'GET /v1/sites/{siteId}/grid-limits': ROLES,
  'GET /v1/sites/{siteId}/limits': STAFF,
  'GET /v1/sites/{siteId}/explain': STAFF,
  'GET /v1/sites/{siteId}/outlook': STAFF,
  'GET /v1/sites/{siteId}/shortfalls': STAFF,
  'GET /v1/reports/reconciliation': MONEY,
  'GET /v1/reports/uptime': STAFF,
  'GET /v1/stations/{stationId}/evses/{evseId}/uptime/{month}/explain': STAFF,
  'GET /v1/reports/ev-chart': STAFF,
  'PUT /v1/reports/ev-chart/{module}/{year}': ['operator', 'billing', 'admin'],
  'POST /v1/reports/ev-chart/validation': STAFF,
  'PUT /v1/stations/{stationId}/evses/{evseId}/declared-outages/{declarationId}': FIELD,
  'GET /v1/outages': STAFF,
  'POST /v1/outages/{outageId}/classifications': FIELD,
  'GET /v1/events': STAFF,
  'GET /v1/api-keys': ['auditor', 'admin'],
};

/** Who sees the tokens of drivers in charge records; the others see pseudonyms. */
export const maySeeTokens = (role: Role): boolean => (['operator', 'billing', 'auditor', 'admin'] as readonly Role[]).includes(role);

export const rolesOf = ({ method, path }: Pick<Route, 'method' | 'path'>): readonly Role[] =>
  ALLOWED[`${method.toUpperCase()} ${path}`] ?? ['admin'];
