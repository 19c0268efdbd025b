// Requests that go out to addresses which somebody of a tenant chose.
export { connecting, isOwn, isPublicAddress, isPublicHost, PrivateAddress, publicLookup, type Reach } from './addresses.js';
export { type Asked, requestFrom, TooLate } from './request.js';
