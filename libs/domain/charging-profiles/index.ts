// What charging profiles add up to, by the rules of OCPP. Sending them is load balancing's, obeying them the station's.
export { type CompositePeriod, type CompositeRequest, type CompositeSchedule, compositeSchedule } from './composite-schedule.js';
export { type Period, type Profile, type Purpose, readProfile, UnreadableProfile } from './profile.js';
