// What stations of one vendor, model and firmware said of themselves serves the next one of them at the site, which is not asked again.
// What is asked is inquiries.ts, what an answer means answers.ts.
import { sampleSecondsOf } from './inquiries.js';
import type { Capabilities, SiteState, StationFacts, StationState } from './state.js';

/** The oldest is forgotten beyond so many. */
const MOST_MODELS = 100;

/** Without a firmware version two stations of a model need not be alike. */
export const isTelling = (model: string | undefined): model is string => model !== undefined && !model.endsWith('/');

/** It boots as this model. What belongs to a connection stays, and so does what this station itself said under the same firmware. */
export function recognised(facts: StationFacts, model: string, models: SiteState['models'] = {}): StationFacts {
  const known = isTelling(model) && facts.askedFor !== model ? models[model] : undefined;
  if (known === undefined) {
    const { seen, mostKeys, keysLeft, ...others } = facts;
    const own = { ...(seen && { seen }), ...(mostKeys !== undefined && { mostKeys }), ...(keysLeft && { keysLeft }) };
    return { ...others, model, ...(facts.model === model && own) };
  }
  const { clockOn, clockAskedMs, refusesTriggerOn } = facts;
  return {
    model,
    askedFor: model,
    isInherited: true,
    ...known,
    ...(clockOn !== undefined && { clockOn }),
    ...(clockAskedMs !== undefined && { clockAskedMs }),
    ...(refusesTriggerOn !== undefined && { refusesTriggerOn }),
  };
}

/** A station answered for its model, the first one to do so; one that says otherwise says so of itself. An interval is a setting, and each station's own: what is known is that it can be set. */
export function remembered(state: SiteState, before: StationState | undefined, after: StationState | undefined): SiteState {
  const { model, askedFor, maxStackLevel, maxPeriods, onlyUnit, sampleIntervalS, measurands, isInherited } = after?.facts ?? {};
  const isAnswer = before?.asking?.kind === 'capabilities' && after?.asking === undefined && before.facts !== after?.facts;
  if (!isAnswer || isInherited || !isTelling(model) || askedFor !== model) return state;
  // What it samples is added to, so each has to say for itself what that is.
  if (measurands !== undefined) return state;
  const capabilities: Capabilities = {
    ...(maxStackLevel !== undefined && { maxStackLevel }),
    ...(maxPeriods !== undefined && { maxPeriods }),
    ...(onlyUnit !== undefined && { onlyUnit }),
    ...(sampleIntervalS !== undefined && { sampleIntervalS: sampleIntervalS > sampleSecondsOf(state) ? sampleIntervalS : 0 }),
  };
  if (Object.keys(capabilities).length === 0 || state.models?.[model] !== undefined) return state;
  const others = Object.entries(state.models ?? {}).slice(1 - MOST_MODELS);
  return { ...state, models: Object.fromEntries([...others, [model, capabilities]]) };
}

/** It refused what its model should take: it is asked itself. */
export function contradicted(facts: StationFacts): StationFacts {
  const { isInherited, askedFor: _others, ...rest } = facts;
  return isInherited ? rest : facts;
}
