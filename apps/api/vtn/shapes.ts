// Objects of OpenADR 3.1 as clients write them; null is absent, what the specification does not name is left out.
// What events mean to who follows them is libs/domain/grid-signals'.
import { z } from 'zod';
import type { VtnClientKind, VtnObjectType } from '#contracts';
import { isSafeAddress } from '../grid-addresses.js';

const Name = z.string().min(1).max(128);
export const ObjectId = z
  .string()
  .regex(/^[a-zA-Z0-9_-]+$/)
  .max(128);
const absent = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().transform((value) => value ?? undefined);
const many = <Shape extends z.ZodType>(shape: Shape, most = 2000) => z.array(shape).max(most);
const DURATION = /^-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+[DW])?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;
const Duration = z.string().max(100).regex(DURATION, 'a duration of ISO 8601 was expected');
/** `0001-01-01` is now; a time without a zone is UTC. */
const DateTime = z.union([z.iso.datetime({ offset: true, local: true }), z.literal('0001-01-01')]);
const Period = z.object({ start: absent(DateTime), duration: absent(Duration), randomizeStart: absent(Duration) });
const Value = z.union([z.number(), z.string().max(10_000), z.boolean(), z.object({ x: z.number(), y: z.number() })]);
const ValuesMap = z.object({ type: Name, values: many(Value) });
const Interval = z.object({ id: z.int32(), intervalPeriod: absent(Period), payloads: many(ValuesMap, 100) });
const Targets = absent(many(Name, 1000));
const Attributes = absent(many(ValuesMap, 1000));
const EventDescriptor = z.object({
  objectType: z.literal('EVENT_PAYLOAD_DESCRIPTOR'),
  payloadType: Name,
  units: absent(Name),
  currency: absent(z.string().max(128)),
});
const ReportDescriptor = z.object({
  objectType: z.literal('REPORT_PAYLOAD_DESCRIPTOR'),
  payloadType: Name,
  readingType: absent(Name),
  units: absent(Name),
  accuracy: absent(z.number()),
  confidence: absent(z.int32().min(0).max(100)),
});
const Wanted = z.object({
  payloadType: Name,
  readingType: absent(Name),
  units: absent(Name),
  targets: Targets,
  aggregate: absent(z.boolean()),
  startInterval: absent(z.int32()),
  numIntervals: absent(z.int32()),
  historical: absent(z.boolean()),
  frequency: absent(z.int32()),
  repeat: absent(z.int32()),
  reportIntervals: absent(z.enum(['INTERVALS', 'SUB_INTERVALS', 'OPEN_INTERVALS'])),
});

const Program = z.object({
  programName: Name,
  intervalPeriod: absent(Period),
  programDescriptions: absent(many(z.object({ URL: z.url().max(8000) }), 100)),
  payloadDescriptors: absent(many(z.discriminatedUnion('objectType', [EventDescriptor, ReportDescriptor]), 100)),
  attributes: Attributes,
  targets: Targets,
});
const Event = z.object({
  programID: ObjectId,
  eventName: absent(z.string().max(1000)),
  duration: absent(Duration),
  priority: absent(z.int().min(0)),
  targets: Targets,
  reportDescriptors: absent(many(Wanted, 100)),
  payloadDescriptors: absent(many(EventDescriptor, 100)),
  intervalPeriod: absent(Period),
  intervals: absent(many(Interval)),
});
const Report = z.object({
  eventID: ObjectId,
  clientName: Name,
  reportName: absent(z.string().max(1000)),
  payloadDescriptors: absent(many(ReportDescriptor, 100)),
  resources: many(z.object({ resourceName: Name, intervalPeriod: absent(Period), intervals: many(Interval) })),
});
export const OBJECT_TYPES = ['PROGRAM', 'EVENT', 'REPORT', 'SUBSCRIPTION', 'VEN', 'RESOURCE'] as const satisfies readonly VtnObjectType[];
const Subscription = z.object({
  clientName: Name,
  programID: absent(ObjectId),
  objectOperations: many(
    z.object({
      objects: z.array(z.enum(OBJECT_TYPES)).min(1).max(20),
      operations: z
        .array(z.enum(['READ', 'CREATE', 'UPDATE', 'DELETE']))
        .min(1)
        .max(20),
      callbackUrl: z.url().max(8000).refine(isSafeAddress, 'https, without a name, a password or a query in it'),
      bearerToken: absent(z.string().min(1).max(4096)),
    }),
    20,
  ),
  targets: Targets,
});
const Ven = z.object({ objectType: z.literal('VEN_VEN_REQUEST'), venName: Name, attributes: Attributes });
const Resource = z.object({ objectType: z.literal('VEN_RESOURCE_REQUEST'), resourceName: Name, venID: ObjectId, attributes: Attributes });
/** What is a target of whom is for the business logic to say, whose client a ven is as well. */
const granting = { clientID: Name, targets: Targets };

export type Written = Readonly<Record<string, unknown>>;

/** Of a body that a client of that kind writes. */
export const bodyOf = (type: VtnObjectType, kind: VtnClientKind): z.ZodType<Written> => BODIES[kind][type];

const same = { PROGRAM: Program, EVENT: Event, REPORT: Report, SUBSCRIPTION: Subscription };
const BODIES: Readonly<Record<VtnClientKind, Readonly<Record<VtnObjectType, z.ZodType<Written>>>>> = {
  ven: { ...same, VEN: Ven, RESOURCE: Resource },
  businessLogic: {
    ...same,
    VEN: Ven.extend({ objectType: z.literal('BL_VEN_REQUEST'), ...granting }),
    RESOURCE: Resource.extend({ objectType: z.literal('BL_RESOURCE_REQUEST'), ...granting }),
  },
};
