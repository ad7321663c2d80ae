import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import { readAgentSpec } from './agent-spec.ts';
import type { Agent } from './agent.ts';
import { reportedConditions } from './conditions.ts';
import type { Application } from './machine.ts';

/** The status as an agent sends it (flight-control.md, section 1.6). */
export function agentStatus(agent: Agent): JsonObject {
  const { machine, current, updating, decommission, conditionsChangedMs } = agent;
  const units = watchedUnits(current.spec);
  const image = machine.bootedImage;
  return {
    conditions: reportedConditions(updating, decommission, conditionsChangedMs),
    systemInfo: {
      architecture: 'amd64',
      bootID: digest(`${machine.id} ${machine.boots}`).slice(0, 32),
      operatingSystem: 'linux',
      agentVersion: 'simulated',
    },
    capabilities: { osMode: machine.osMode },
    ...(units.length > 0 && { systemd: units.map((unit) => unitStatus(unit)) }),
    applications: [...machine.applications].map(([name, application]) => applicationStatus(name, application)),
    applicationsSummary: { status: machine.applications.size === 0 ? 'NoApplications' : 'Healthy' },
    resources: { cpu: 'Healthy', memory: 'Healthy', disk: 'Healthy' },
    config: { renderedVersion: String(current.position.version) },
    os: { image, imageDigest: image === '' ? '' : `sha256:${digest(image)}` },
    summary: { status: summaryOf(agent) },
    // An agent never says more of these.
    integrity: { status: 'Unknown' },
    updated: { status: 'Unknown' },
    lifecycle: { status: 'Unknown' },
  };
}

function summaryOf({ updating }: Agent): 'Online' | 'Error' | 'Rebooting' {
  if (updating.status === 'True' && updating.reason === 'Rebooting') return 'Rebooting';
  return updating.status === 'False' && updating.reason === 'Error' ? 'Error' : 'Online';
}

const appTypeOf = z.object({ appType: z.enum(['container', 'compose', 'quadlet', 'helm']) });

function applicationStatus(name: string, { definition, isRunning, restartGeneration }: Application): JsonObject {
  return {
    name,
    ready: isRunning ? '1/1' : '0/1',
    restarts: restartGeneration,
    status: isRunning ? 'Running' : 'Stopped',
    appType: appTypeOf.parse(JSON.parse(definition)).appType,
    embedded: false,
  };
}

/** Units that a spec names without a wildcard: the device is taken to have them. */
function watchedUnits(spec: JsonObject): readonly string[] {
  const patterns = readAgentSpec(spec).systemd?.matchPatterns ?? [];
  return patterns.filter((pattern) => !/[*?[\]]/.test(pattern));
}

function unitStatus(unit: string): JsonObject {
  return {
    unit,
    description: '',
    enableState: 'enabled',
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
