// EV-ChART: the files that the United States ask of chargers they paid for, and what a file has to satisfy. 23 CFR 680.112, docs/uptime.md.
// What is in the rows is gathered by the api.
export { writeCsv } from './csv.js';
export { EV_CHART_MODULES, type EvChartModule, MODULE_NUMBERS, type ModuleNumber } from './fields.js';
export { type Fault, type Known, validateEvChart } from './validate.js';
