import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Origin } from '../domain/event.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Sightings } from '../domain/devices/clones.ts';
import type { Lineage } from '../domain/recovery/position.ts';
import type { CertificateSigningRequestSpec } from '../domain/resources/certificate-signing-request.ts';
import type { Condition } from '../domain/resources/condition.ts';
import type { EnrollmentRequestApprovalStatus, EnrollmentRequestSpec } from '../domain/resources/enrollment-request.ts';
import type { JournalFindings } from '../domain/journal-facts/findings.ts';
import type { RestoreBackup } from '../domain/resources/restore.ts';
import { count, instant, orderedText } from './column-types.ts';

/**
 * One row. Work that must not straddle a restore takes it FOR SHARE, declaring one takes it FOR UPDATE: that is the
 * fence (design.md, invariant S2).
 */
export const serviceState = pgTable('service_state', {
  id: boolean('id').primaryKey().default(true),
  currentRestore: uuid('current_restore').notNull(),
  /** Identity of the database that this row was written in; it travels with a copy, the real identity does not. */
  databaseIdentity: jsonb('database_identity').$type<JsonObject>(),
  /** The marks kept outside of the database are of a time before the last declared restore, and are to be replaced. */
  marksOutdated: boolean('marks_outdated').notNull().default(false),
});

/**
 * One row, apart from `service_state` because it is written at every look. The number only grows: where it is lower than it
 * has been, rows were put back, whatever the write-ahead log says.
 */
export const databaseAge = pgTable('database_age', {
  id: boolean('id').primaryKey().default(true),
  /** Looks at this database by all instances so far. */
  looks: bigint('looks', { mode: 'number' }).notNull().default(0),
  /** The transaction that wrote this row. The row's own xmin says another where the row was put back. */
  writtenIn: bigint('written_in', { mode: 'number' }),
});

/** Declared restores, and the genesis of the database: each starts a timeline. */
export const restores = pgTable(
  'restores',
  {
    id: uuid('id').primaryKey(),
    /** Order in which restores were declared: the clock may go back, and times with it. */
    sequence: bigint('sequence', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    previous: uuid('previous'),
    /** The first timeline of a fresh database: no restore happened. */
    genesis: boolean('genesis').notNull().default(false),
    declaredAt: instant('declared_at').notNull(),
    declaredBy: text('declared_by').notNull(),
    reason: text('reason'),
    /** The cause where Muster declared it by itself: copy, rewind or ahead. Null where a person declared it. */
    cause: text('cause').$type<'copy' | 'rewind' | 'ahead'>(),
    backup: jsonb('backup').$type<RestoreBackup>(),
    idempotencyKey: text('idempotency_key').unique(),
    requestHash: text('request_hash'),
    supersededAt: instant('superseded_at'),
    /** Devices that take part: all but the decommissioning and decommissioned. */
    total: count('total'),
    awaiting: count('awaiting'),
    answered: count('answered'),
    inSync: count('in_sync'),
    behind: count('behind'),
    /** Paused now. */
    conflictPaused: count('conflict_paused'),
    resumed: count('resumed'),
    adopted: count('adopted'),
    firstAnswerAt: instant('first_answer_at'),
    lastAnswerAt: instant('last_answer_at'),
    settledAt: instant('settled_at'),
    /** Numbers of what was found in the journal when it was declared; null where there was no journal. */
    journal: jsonb('journal').$type<JournalFindings>(),
  },
  (table) => [index('restores_sequence').on(table.sequence)],
);

/** Times that devices took to answer a restore: a histogram, so that percentiles cost the same for any fleet. */
export const restoreAnswerTimes = pgTable(
  'restore_answer_times',
  {
    restore: uuid('restore')
      .notNull()
      .references(() => restores.id, { onDelete: 'cascade' }),
    /** domain/recovery/answer-times.ts says which span a bucket covers. */
    bucket: integer('bucket').notNull(),
    devices: count('devices'),
  },
  (table) => [primaryKey({ columns: [table.restore, table.bucket] })],
);

/** The desired side of a device. */
export const devices = pgTable(
  'devices',
  {
    name: orderedText('name').primaryKey(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    annotations: jsonb('annotations').$type<Record<string, string>>().notNull().default({}),
    /** `Fleet/<name>` or null. */
    owner: text('owner'),
    /**
     * The spec that is in force for the device: written by a person, or filled in from the template of its fleet when that was
     * rolled out. A change of owner leaves it alone. It is what rendering starts from.
     */
    spec: jsonb('spec').$type<JsonObject>().notNull().default({}),
    // Derived when a spec is stored, so that whole specs are not read when devices are listed and counted.
    /** The spec has no key, so nothing is written for the device. */
    saysNothing: boolean('says_nothing').generatedAlwaysAs(sql`spec = '{}'::jsonb`),
    /** OS image that the spec names; null where it names none. */
    osImage: text('os_image').generatedAlwaysAs(sql`nullif(spec #>> '{os,image}', '')`),
    /** `spec` is what the device itself ran when a person adopted it: sent as it is, before any fleet's template, until that changes. */
    specAdopted: boolean('spec_adopted').notNull().default(false),
    /** Fleets that match this device although it can have but one owner. */
    matchingFleets: jsonb('matching_fleets').$type<string[]>(),
    /** Last time that several fleets began or ceased to match; null while that never happened. */
    matchingFleetsSince: instant('matching_fleets_since'),
    /** Problems of the last render, null when it worked. */
    specProblem: text('spec_problem'),
    specProblemSince: instant('spec_problem_since'),
    /** Generation of the owning fleet whose template `spec` was filled in from; null where it was not. */
    templateGeneration: bigint('template_generation', { mode: 'number' }),
    /** Reason why the template of the owning fleet cannot be filled in for this device; null where it can. */
    rolloutProblem: text('rollout_problem'),
    /** End of validity of the newest certificate that was issued to the device; null where none was issued here. */
    certificateExpiresAt: instant('certificate_expires_at'),
    generation: bigint('generation', { mode: 'number' }).notNull().default(1),
    resourceVersion: bigint('resource_version', { mode: 'number' }).notNull().default(1),
    /** Null, Unknown, Enrolled, Decommissioning or Decommissioned. */
    lifecycle: text('lifecycle'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('devices_labels').using('gin', table.labels),
    index('devices_owner').on(table.owner, table.name),
    index('devices_several_fleets')
      .on(table.name)
      .where(sql`${table.matchingFleets} IS NOT NULL`),
    index('devices_alias').on(sql`(${table.labels} ->> 'alias')`),
    index('devices_with_problems')
      .on(table.owner, table.name)
      .where(sql`${table.specProblem} IS NOT NULL OR ${table.rolloutProblem} IS NOT NULL`),
    // Certificates that end soon are few: counting them needs no look at the rest.
    index('devices_certificate_expiry')
      .on(table.certificateExpiresAt)
      .where(sql`${table.certificateExpiresAt} IS NOT NULL`),
  ],
);

/**
 * The hot side of a device: one narrow row. Who locks rows of several tables takes them in one order, so that nobody
 * waits in a circle: service_state, device_positions (by name), devices, fleets, restores.
 */
export const devicePositions = pgTable(
  'device_positions',
  {
    name: orderedText('name').primaryKey(),
    /** Decommissioning and decommissioned devices take no part: not stamped, not judged. */
    mustered: boolean('mustered').notNull().default(true),
    timeline: uuid('timeline').notNull(),
    version: bigint('version', { mode: 'number' }).notNull().default(0),
    specHash: text('spec_hash'),
    lineage: jsonb('lineage').$type<Lineage>().notNull().default({}),
    /** Grows whenever the device wants rendering: an edit, a new owner, a new template, a graft. */
    wantedGeneration: bigint('wanted_generation', { mode: 'number' }).notNull().default(1),
    /** The wanted generation that the last render, or the last failed try of one, was made of. */
    renderedGeneration: bigint('rendered_generation', { mode: 'number' }).notNull().default(0),
    /** Since when something is wanted that is not rendered; of no meaning while nothing is. */
    wantedSince: instant('wanted_since').notNull().defaultNow(),
    reportedTimeline: uuid('reported_timeline'),
    reportedVersion: bigint('reported_version', { mode: 'number' }),
    reportedHash: text('reported_hash'),
    /** Rendered version that the device last said to have applied; unlike the reported one it can go down. Null before it said. */
    appliedVersion: bigint('applied_version', { mode: 'number' }),
    answeredRestore: uuid('answered_restore_id').notNull(),
    answeredAt: instant('answered_at'),
    conflictVerdict: text('conflict_verdict').$type<'Ahead' | 'Diverged'>(),
    conflictInfo: text('conflict_info'),
    conflictSince: instant('conflict_since'),
    lastSeen: instant('last_seen'),
  },
  (table) => [
    foreignKey({ columns: [table.name], foreignColumns: [devices.name] }).onDelete('cascade'),
    index('device_positions_answered').on(table.answeredRestore, table.name),
    // Counting who is paused needs no more than the index.
    index('device_positions_conflicts')
      .on(table.name, table.answeredRestore, table.mustered)
      .where(sql`${table.conflictVerdict} IS NOT NULL`),
    index('device_positions_unrendered')
      .on(table.name)
      .where(sql`${table.renderedGeneration} < ${table.wantedGeneration}`),
  ],
);

/** Last status of each device. */
export const deviceStatuses = pgTable(
  'device_statuses',
  {
    name: orderedText('name').primaryKey(),
    status: jsonb('status').$type<JsonObject>().notNull(),
    /** Last time that the device sent another status than the one before. */
    reportedAt: instant('reported_at').notNull(),
    /** Digest of `status` and `reportedAt`: one that says the same is not written again (domain/devices/status-digest.ts). */
    digest: text('digest'),
    /** Machines that have spoken in the device's name, by their boot ids and serial numbers; null before one said any. */
    machines: jsonb('machines').$type<Sightings>(),
    // Derived when a status is stored, which is seldom, and not when devices are listed and counted. domain/devices/device-status.ts
    // says the same of one document.
    /** The device is busy with an update: condition Updating is True. */
    updating: boolean('updating').generatedAlwaysAs(
      sql`jsonb_path_exists(status, '$.conditions[*] ? (@.type == "Updating" && @.status == "True")')`,
    ),
    /** Rebooting, Error, Degraded or Online, by conditions and resources. */
    health: text('health').generatedAlwaysAs(
      sql`CASE WHEN jsonb_path_exists(status, '$.conditions[*] ? (@.type == "Updating" && @.status == "True" && @.reason == "Rebooting")') THEN 'Rebooting' WHEN jsonb_path_exists(status, '$.resources.* ? (@ == "Critical")') THEN 'Error' WHEN jsonb_path_exists(status, '$.resources.* ? (@ == "Warning")') THEN 'Degraded' ELSE 'Online' END`,
    ),
    /** The device has carried out the order to decommission, or failed to. */
    decommissioned: boolean('decommissioned').generatedAlwaysAs(
      sql`jsonb_path_exists(status, '$.conditions[*] ? (@.type == "DeviceDecommissioning" && @.status == "True" && (@.reason == "Completed" || @.reason == "Error"))')`,
    ),
  },
  (table) => [foreignKey({ columns: [table.name], foreignColumns: [devices.name] }).onDelete('cascade')],
);

/** The spec that a device says it runs, kept while it matters: for the difference, and for adopting it. */
export const deviceSpecs = pgTable(
  'device_specs',
  {
    name: orderedText('name').primaryKey(),
    version: bigint('version', { mode: 'number' }).notNull(),
    spec: jsonb('spec').$type<JsonObject>().notNull(),
    reportedAt: instant('reported_at').notNull(),
  },
  (table) => [foreignKey({ columns: [table.name], foreignColumns: [devices.name] }).onDelete('cascade')],
);

/** Rendered specs by their hash: devices with the same content share a row. */
export const renderedSpecs = pgTable(
  'rendered_specs',
  {
    hash: text('hash').primaryKey(),
    spec: jsonb('spec').$type<JsonObject>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** Time at which no device was found to refer to it any more; null while one does, or nobody has looked. */
    unusedSince: instant('unused_since'),
  },
  (table) => [
    index('rendered_specs_unused')
      .on(table.unusedSince)
      .where(sql`${table.unusedSince} IS NOT NULL`),
  ],
);

export const fleets = pgTable(
  'fleets',
  {
    name: orderedText('name').primaryKey(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    annotations: jsonb('annotations').$type<Record<string, string>>().notNull().default({}),
    spec: jsonb('spec').$type<JsonObject>().notNull(),
    generation: bigint('generation', { mode: 'number' }).notNull().default(1),
    resourceVersion: bigint('resource_version', { mode: 'number' }).notNull().default(1),
    /** The generation whose selector and template have reached every device; behind `generation` there is work to do. */
    rolledOutGeneration: bigint('rolled_out_generation', { mode: 'number' }).notNull().default(0),
    createdAt: instant('created_at').notNull(),
    /** Time at which its deletion was asked for: from then on it owns nothing anew and rolls nothing out. Null otherwise. */
    deletingSince: instant('deleting_since'),
    /** The originator of that. */
    deletingBy: jsonb('deleting_by').$type<Origin>(),
  },
  (table) => [
    index('fleets_labels').using('gin', table.labels),
    index('fleets_not_rolled_out')
      .on(table.name)
      .where(sql`${table.rolledOutGeneration} < ${table.generation}`),
    index('fleets_deleting')
      .on(table.name)
      .where(sql`${table.deletingSince} IS NOT NULL`),
  ],
);

export const enrollmentRequests = pgTable('enrollment_requests', {
  name: orderedText('name').primaryKey(),
  labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
  annotations: jsonb('annotations').$type<Record<string, string>>().notNull().default({}),
  spec: jsonb('spec').$type<EnrollmentRequestSpec>().notNull(),
  /** A person's answer; null while there is none. */
  approval: jsonb('approval').$type<EnrollmentRequestApprovalStatus>(),
  /** PEM of the management certificate that the approval issued; null without a device CA. */
  certificate: text('certificate'),
  resourceVersion: bigint('resource_version', { mode: 'number' }).notNull().default(1),
  createdAt: instant('created_at').notNull(),
  /** The restore that was current when it arrived; if that is not the current one, it came with a backup. */
  restore: uuid('restore').notNull(),
});

/** Requests for certificates: renewals by devices, and enrollment certificates for people. */
export const certificateSigningRequests = pgTable(
  'certificate_signing_requests',
  {
    name: orderedText('name').primaryKey(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    annotations: jsonb('annotations').$type<Record<string, string>>().notNull().default({}),
    /** `Device/<name>` for the renewal of a device, or null. */
    owner: text('owner'),
    spec: jsonb('spec').$type<CertificateSigningRequestSpec>().notNull(),
    /** The answer: condition Approved or Denied. */
    conditions: jsonb('conditions').$type<Condition[]>().notNull().default([]),
    /** PEM of the certificate; null while there is none. */
    certificate: text('certificate'),
    resourceVersion: bigint('resource_version', { mode: 'number' }).notNull().default(1),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('certificate_signing_requests_owner').on(table.owner, table.createdAt)],
);

/** Devices that spoke although this database does not know them: enrolled after the backup, most likely. */
export const unknownDevices = pgTable('unknown_devices', {
  name: orderedText('name').primaryKey(),
  restore: uuid('restore').notNull(),
  claimedTimeline: uuid('claimed_timeline'),
  claimedVersion: bigint('claimed_version', { mode: 'number' }).notNull(),
  claimedHash: text('claimed_hash'),
  firstSeen: instant('first_seen').notNull(),
  lastSeen: instant('last_seen').notNull(),
});

/** Events, which are also the audit trail. Each transition writes one row, in its own transaction. */
export const events = pgTable(
  'events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    name: uuid('name').notNull(),
    at: instant('at').notNull(),
    type: text('type').$type<'Normal' | 'Warning'>().notNull(),
    reason: text('reason').notNull(),
    involvedKind: text('involved_kind').notNull(),
    involvedName: orderedText('involved_name').notNull(),
    message: text('message').notNull(),
    /** Read by people and never searched: stored as it comes, which costs the storm half of what `jsonb` does. */
    details: json('details').$type<JsonObject>(),
    actor: text('actor').notNull(),
    component: text('component').notNull(),
    restore: uuid('restore').notNull(),
    /** Address of the request that it happened in, if there was one. */
    clientAddress: text('client_address'),
    requestId: text('request_id'),
  },
  (table) => [
    index('events_involved').on(table.involvedKind, table.involvedName, table.id),
    index('events_reason').on(table.reason, table.id),
    // What is looked up by its restore, and no more than that: an event of each device of a storm needs no entry here.
    index('events_restore')
      .on(table.restore, table.reason, table.id)
      .where(sql`${table.reason} IN ('DeviceConflictPaused', 'DeviceAheadWithoutRestore')`),
  ],
);
