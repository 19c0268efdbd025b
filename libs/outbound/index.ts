// Requests that go out to addresses which somebody of a tenant chose.
export { connecting, isOwn, isPublicHost, PrivateAddress, type Reach } from './addresses.js';
export { type Asked, requestFrom, TooLate } from './request.js';
