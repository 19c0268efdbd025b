// What analysts read, on a real PostgreSQL, in a database of its own.
import { analyticsContract } from '../contract/support/analytics.js';
import { ownDatabase } from './support/own-database.js';

analyticsContract('PostgreSQL', () => ownDatabase('analytics'));
