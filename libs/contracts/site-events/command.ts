// What stations are told, and what they answered: requests that are written before they leave, grants of current among them.
import type { ClearScope, ForeignProfile, HeldBy } from '#domain/load-balancing';
import type { SchemaViolation } from '#ocpp';
import type { Generation } from '#ports';

/** Written before it leaves. Grants (whatever can change a limit) carry the owner's epoch and are written by the site's owner alone. */
export interface CommandRequested {
  readonly commandId: string;
  readonly stationId: string;
  readonly action: string;
  readonly payload: unknown;
  /** ISO 8601; an edge refuses to send it later. */
  readonly notAfter: string;
  readonly timeoutMs: number;
  /** Who asked: `api:<key id>`, `load-balancing`, … */
  readonly requestedBy: string;
  readonly grant?: GrantFacts;
}

/** What a grant promises, beside the payload that spells it for the station. Currents in mA. */
export interface GrantFacts {
  readonly ownerEpoch: number;
  readonly grantSeq: number;
  readonly slot: 'plan' | 'default' | 'stationMax';
  /** 0 = the whole station. */
  readonly evseId: number;
  readonly transactionId?: string;
  readonly steps: readonly { readonly fromMs: number; readonly limitMa: number; readonly dischargeMa?: number }[];
  /** Nominal voltage of the site: what a car's watts are compared with [V]. */
  readonly voltageV?: number;
  /** It may permit more, or for longer, than before: not to be delivered by an owner that is behind. */
  readonly raises?: boolean;
  /** Why our own plan says this: what the split gives, and the node and phase that keep it from more, with what was known there. */
  readonly why?: {
    readonly cause: string;
    readonly wantedMa?: number;
    /** Why the planner wants it to have no more. */
    readonly heldBy?: HeldBy;
    readonly tight?: {
      readonly nodeId: string;
      readonly phase: string;
      /** What nobody can take away there kept it from more: `limitMa` is that. */
      readonly isFirm?: true;
      readonly limitMa: number;
      readonly committedMa: number;
      /** What other loads are counted with there, and who set the limit: `site` or the source of a limit from the grid. */
      readonly otherMa?: number;
      readonly limitedBy?: string;
    };
    readonly seen?: {
      /** What it might have drawn before, and what its meter last said, at that time. */
      readonly committedMa: number;
      readonly drawnMa?: number;
      readonly drawnAt?: string;
      /** Cars the split was about, and of these the ones that wait for a turn (`station/EVSE`, the first few). */
      readonly cars: number;
      readonly waiting: readonly string[];
      /** A cap of somebody else, as in LimitsDecided. */
      readonly capMa?: number;
      readonly capBy?: 'profile' | 'chargingLimit';
      readonly capSource?: string;
      /** The plan that wanted something for this car was too old from then on, and none has come since. */
      readonly planLapsedAt?: string;
    };
  };
  /** A profile that somebody else asked for. */
  readonly foreign?: ForeignProfile;
  /** Nothing is promised: profiles are removed. */
  readonly clears?: ClearScope;
}

/** Somebody other than the owner wants to change a profile; the owner refuses it or sends it as its own grant, under the same commandId. */
export type ProfileRequested = Omit<CommandRequested, 'grant'>;

/** A car has the first place among those of its site, within every limit, or has it no more. Producer: the site's owner, to a UsePriorityCharging that was asked for. */
export interface PriorityDecided {
  readonly commandId: string;
  readonly stationId: string;
  readonly evseId: number;
  readonly transactionId: string;
  readonly isFirst: boolean;
}

export interface CommandSent {
  readonly commandId: string;
  readonly connectionId: string;
  readonly generation: Generation;
}

export interface CommandAnswered extends CommandSent {
  readonly payload: unknown;
  readonly violations: readonly SchemaViolation[];
  /** 2.1: what a station that answered so heard of it (CALLRESULTERROR). */
  readonly resultError?: { readonly code: string; readonly description: string };
}

/** The station answered CALLERROR. */
export interface CommandErrored extends CommandSent {
  readonly code: string;
  readonly description: string;
}

/** It left, and no answer came: the profile may be in force. */
export interface CommandUnanswered extends CommandSent {
  readonly reason: 'timeout' | 'disconnected' | 'edgeLost';
}

/** It never left. */
export interface CommandRefused {
  readonly commandId: string;
  readonly reason:
    | 'NotConnected'
    | 'PastNotAfter'
    | 'OlderGrant'
    | 'Superseded'
    | 'NotBooted'
    | 'QueueFull'
    | 'InvalidPayload'
    | 'NotPermitted'
    /** Another profile holds at the same level, purpose and place. */
    | 'DuplicateProfile';
  readonly detail?: string;
}

/** Many messages for one station, to be sent one after the other. Each becomes a CommandRequested under its id, or is among MessagesRefused. Producer: api. */
export interface MessagesWanted {
  readonly stationId: string;
  readonly messages: readonly { readonly commandId: string; readonly action: string; readonly payload: unknown }[];
  /** Of each answer [ms]. */
  readonly timeoutMs: number;
  /** What has not left by then is refused. */
  readonly notAfter: string;
  readonly requestedBy: string;
}

/** Of messages that were to be sent one after the other these never will be. Producer: stations. */
export interface MessagesRefused {
  readonly stationId: string;
  readonly commandIds: readonly string[];
  /** Of the message before it, where that was refused. */
  readonly reason: CommandRefused['reason'];
  readonly detail: string;
}
