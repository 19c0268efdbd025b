// The fields of EV-ChART's modules 2 to 9 (FHWA, 23 CFR 680.112), as facts: names, what may stand in them, and what makes a row unique.
// Source: the definitions in US-JOET/ev-chart-open-source (Apache-2.0), read November 2026. Checking files against them is validate.ts.

export type Kind =
  | { readonly type: 'text'; readonly most?: number; readonly exactly?: number }
  /** Digits before and after the point. */
  | { readonly type: 'decimal'; readonly whole: number; readonly fraction: number; readonly least: number }
  | { readonly type: 'whole'; readonly digits?: number; readonly least?: number; readonly most?: number }
  | { readonly type: 'time' | 'boolean' };

export interface Field {
  readonly name: string;
  /** The column has to be there, and something in it unless `mayBeBlank`. */
  readonly isRequired: boolean;
  readonly mayBeBlank?: boolean;
  readonly kind: Kind;
}

export interface EvChartModule {
  readonly number: ModuleNumber;
  readonly title: string;
  readonly cycle: 'quarter' | 'year' | 'once';
  readonly fields: readonly Field[];
  /** No two rows have all of these in common. */
  readonly key: readonly string[];
  /** Blank all together (nothing to report), or every required one of them filled in. */
  readonly blankTogether?: readonly string[];
  /** A time and one that must not be earlier. */
  readonly inOrder?: readonly [string, string];
}

export const MODULE_NUMBERS = [2, 3, 4, 5, 6, 7, 8, 9] as const;
export type ModuleNumber = (typeof MODULE_NUMBERS)[number];

const text = (most?: number): Kind => ({ type: 'text', ...(most !== undefined && { most }) });
const exactly = (characters: number): Kind => ({ type: 'text', exactly: characters });
const decimal = (precision: number, least = 0): Kind => ({ type: 'decimal', whole: precision - 2, fraction: 2, least });
const TIME: Kind = { type: 'time' };
const BOOLEAN: Kind = { type: 'boolean' };
/** Ids, which a UUID just fits. */
const ID = text(36);

const required = (name: string, kind: Kind): Field => ({ name, isRequired: true, kind });
const blankable = (name: string, kind: Kind): Field => ({ name, isRequired: true, mayBeBlank: true, kind });
const optional = (name: string, kind: Kind): Field => ({ name, isRequired: false, kind });

/** First in every row. */
const PLACE = [required('station_id', ID), required('network_provider', text(30))];
const PORT = [...PLACE, required('port_id', ID)];
const COST = decimal(11);

const SESSION = [
  optional('charger_id', ID),
  blankable('session_id', ID),
  optional('connector_id', ID),
  blankable('session_start', TIME),
  blankable('session_end', TIME),
  blankable('session_error', text(255)),
  optional('error_other', text(255)),
  blankable('energy_kwh', decimal(7)),
  blankable('power_kw', decimal(7)),
  blankable('payment_method', text(255)),
  optional('payment_other', text(255)),
];
const OUTAGE = [
  blankable('outage_id', TIME),
  blankable('outage_duration', decimal(8, 0.01)),
  optional('excluded_outage', BOOLEAN),
  optional('excluded_outage_reason', { type: 'whole', least: 1, most: 6 }),
  optional('excluded_outage_notes', text(255)),
];
const names = (fields: readonly Field[]): readonly string[] => fields.map(({ name }) => name);

export const EV_CHART_MODULES: Readonly<Record<ModuleNumber, EvChartModule>> = {
  2: {
    number: 2,
    title: 'Charging sessions',
    cycle: 'quarter',
    fields: [...PORT, ...SESSION],
    key: ['station_id', 'port_id', 'session_id'],
    blankTogether: names(SESSION),
    inOrder: ['session_start', 'session_end'],
  },
  3: {
    number: 3,
    title: 'Uptime',
    cycle: 'quarter',
    fields: [
      ...PORT,
      required('uptime_reporting_start', TIME),
      required('uptime_reporting_end', TIME),
      blankable('uptime', decimal(5)),
      required('total_outage', decimal(8)),
      required('total_outage_excl', decimal(8)),
    ],
    key: ['station_id', 'port_id', 'uptime_reporting_start', 'uptime_reporting_end'],
  },
  4: {
    number: 4,
    title: 'Outages',
    cycle: 'quarter',
    fields: [...PORT, ...OUTAGE],
    key: ['station_id', 'port_id', 'outage_id'],
    blankTogether: names(OUTAGE),
  },
  5: {
    number: 5,
    title: 'Maintenance costs',
    cycle: 'year',
    fields: [
      ...PLACE,
      optional('project_id', text()),
      required('maintenance_report_start', TIME),
      required('maintenance_report_end', TIME),
      optional('caas', BOOLEAN),
      blankable('maintenance_cost_total', decimal(9)),
      required('maintenance_cost_federal', decimal(9)),
      optional('maintenance_notes', text(255)),
    ],
    key: ['station_id', 'maintenance_report_start'],
  },
  6: {
    number: 6,
    title: 'Station operator',
    cycle: 'once',
    fields: [
      ...PLACE,
      required('operator_name', text()),
      required('operator_address', text()),
      required('operator_city', text()),
      required('operator_state', exactly(2)),
      required('operator_zip', exactly(5)),
      optional('operator_zip_extended', exactly(4)),
      optional('operator_type', text(255)),
      optional('operator_notes', text(255)),
    ],
    key: ['station_id', 'operator_name'],
  },
  7: {
    number: 7,
    title: 'Business opportunity programmes',
    cycle: 'year',
    fields: [
      ...PLACE,
      required('program_report_year', { type: 'whole', digits: 4 }),
      required('opportunity_program', text()),
      optional('program_descript', text()),
    ],
    key: ['station_id', 'program_report_year'],
  },
  8: {
    number: 8,
    title: 'Distributed energy resources',
    cycle: 'once',
    fields: [
      ...PLACE,
      optional('der_upgrade', BOOLEAN),
      required('der_onsite', BOOLEAN),
      required('der_type', text()),
      optional('der_type_other', text()),
      required('der_kw', decimal(10)),
      required('der_kwh', decimal(10)),
    ],
    key: ['station_id', 'der_type'],
  },
  9: {
    number: 9,
    title: 'Capital and installation costs',
    cycle: 'once',
    fields: [
      ...PLACE,
      optional('project_id', text()),
      optional('station_upgrade', BOOLEAN),
      optional('real_property_acq_date', TIME),
      optional('real_property_acq_owned', BOOLEAN),
      blankable('real_property_cost_total', COST),
      required('real_property_cost_federal', COST),
      optional('equipment_acq_date', TIME),
      optional('equipment_acq_owned', BOOLEAN),
      blankable('equipment_cost_total', COST),
      required('equipment_cost_federal', COST),
      optional('equipment_install_date', TIME),
      blankable('equipment_install_cost_total', COST),
      required('equipment_install_cost_federal', COST),
      optional('equipment_install_cost_elec', COST),
      optional('equipment_install_cost_const', COST),
      optional('equipment_install_cost_labor', COST),
      optional('equipment_install_cost_other', COST),
      optional('der_acq_owned', BOOLEAN),
      blankable('der_cost_total', COST),
      required('der_cost_federal', COST),
      blankable('der_install_cost_total', COST),
      required('der_install_cost_federal', COST),
      blankable('dist_sys_cost_total', COST),
      required('dist_sys_cost_federal', COST),
      blankable('service_cost_total', COST),
      required('service_cost_federal', COST),
    ],
    key: ['station_id'],
    blankTogether: [
      'real_property_cost_total',
      'equipment_cost_total',
      'equipment_install_cost_total',
      'equipment_install_cost_elec',
      'equipment_install_cost_const',
      'equipment_install_cost_labor',
      'equipment_install_cost_other',
      'der_cost_total',
      'der_install_cost_total',
      'dist_sys_cost_total',
      'service_cost_total',
    ],
  },
};
