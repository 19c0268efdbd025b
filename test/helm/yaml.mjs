// YAML in, plain data out. Of the documents of a chart and its snapshots, and of definitions of kinds.
import yaml from 'js-yaml';

export const loadAll = (text) => yaml.safeLoadAll(text).filter((document) => document !== null && document !== undefined);
export const load = (text) => yaml.safeLoad(text);
