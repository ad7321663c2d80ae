import { deviceRequestSchema } from '../../src/domain/resources/device.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { createDevice } from '../../src/usecases/create-device.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { replaceDevice } from '../../src/usecases/replace-device.ts';
import { adoptDevices, resumeDevices } from '../../src/usecases/resume-devices.ts';
import { positionOf, type Claim } from '../model/history.ts';
import { documentOf } from '../model/contents.ts';
import { commitRender, create, declare, decideFor, edit, renderInputs, report } from '../model/reference-model.ts';
import type { ServerState } from '../model/reference-state.ts';
import type { World } from '../model/world.ts';
import { deviceRequest } from '../support/documents.ts';
import type { Actor, Done } from './arena.ts';

/** A device reports; several claims are one commit. */
export const reports =
  (...claims: readonly Claim[]): Actor =>
  async (context) => {
    const sent = claims.map((claim) => ({ device: claim.device, position: positionOf(claim) }));
    const { outcomes } = await acceptReports(context, sent);
    return {
      mean: (state) => report(state, claims, new Map()),
      should: (state) => report(state, claims, new Map()).answers.map((answer) => answer?.gate),
      did: outcomes.map((outcome) => (outcome.kind === 'known' ? outcome.gate : undefined)),
    };
  };

/** Somebody declares a restore over the database as it is. */
export const declares =
  (key: string): Actor =>
  async (context) => {
    const declaration = { idempotencyKey: key, reason: key, by: { actor: 'user:ada' } };
    const { restore, created } = await declareRestore(context, declaration);
    return {
      mean: (state) => (state.keys.has(key) ? { state, events: [] } : declare(state, restore.id, key, key)),
      should: (state) => !state.keys.has(key),
      did: created,
    };
  };

/** A person resumes some devices by name. */
export const resumes =
  (world: World, ...names: readonly string[]): Actor =>
  async (context) => {
    const fieldSelector = `metadata.name in (${names.join(',')})`;
    const done = await resumeDevices(context, { fieldSelector, by: { actor: 'user:ada' } });
    return decision(world, 'resume', names, done.names);
  };

/** A person adopts what some devices run. */
export const adopts =
  (world: World, ...names: readonly string[]): Actor =>
  async (context) => {
    const fieldSelector = `metadata.name in (${names.join(',')})`;
    const done = await adoptDevices(context, { fieldSelector, by: { actor: 'user:bob' } });
    return decision(world, 'adopt', names, done.names);
  };

function decision(world: World, verb: 'resume' | 'adopt', names: readonly string[], did: readonly string[]): Done {
  const mean = (state: ServerState) => decideFor(state, verb, names.toSorted(), world.history);
  return { mean, should: (state) => mean(state).names, did };
}

/** A worker sweeps. */
export const renders = (): Actor => async (context) => {
  const did = await renderPending(context, new AbortController().signal);
  const mean = (state: ServerState) => commitRender(state, state.restore, renderInputs(state));
  const should = (state: ServerState) =>
    [...mean(state).state.devices].filter(([name, { version }]) => state.devices.get(name)?.version !== version).length;
  return { mean, should, did };
};

/** A person edits a device. */
export const edits =
  (name: string, content: string, group: string): Actor =>
  async (context) => {
    const document = deviceRequest(name, { labels: { group }, spec: documentOf(content) });
    await replaceDevice(context, { name, request: deviceRequestSchema.parse(document), by: { actor: 'user:ada' } });
    return { mean: (state) => edit(state, name, { content, group }) };
  };

/** A person enters a device. */
export const creates =
  (name: string, content: string, group: string): Actor =>
  async (context) => {
    const document = deviceRequest(name, { labels: { group }, spec: documentOf(content) });
    await createDevice(context, { request: deviceRequestSchema.parse(document), by: { actor: 'user:ada' } });
    return { mean: (state) => create(state, name, content, group) };
  };
