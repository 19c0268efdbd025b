// Row-level security on a real PostgreSQL, in a database of its own.
import { tenantSecurityContract } from '#testing';
import { ownDatabase } from './support/own-database.js';

tenantSecurityContract('PostgreSQL', () => ownDatabase('tenants'));
