// Distributed energy resource controls of OCPP 2.1 (block R): what one consists of, and what a station reports of those it has.
export { controlFault, isSameControl, type ReportedControl, reportedControls, settingOf } from './controls.js';
