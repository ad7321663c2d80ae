import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Agent, fetch as fetchThrough } from 'undici';
import { agentServerDefault } from '../client-variables.ts';
import { fresh } from '../../simulator/starting-point.ts';
import { SimulatedFleet, type Member, type Transport } from '../../simulator/simulated-fleet.ts';
import { readAuthorities } from '../authorities.ts';
import { createApiClient, explained, unreachable } from '../../client/api-client.ts';
import { connectionOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { CliError, rootCause, UnreachableError, UsageError } from '../../client/failures.ts';
import { interruptible } from '../../terminal/interruption.ts';
import { requireOpenFiles } from '../open-files.ts';
import { durationMs, wholeNumber } from '../option-values.ts';
import { showProgress, throttled } from '../../terminal/progress.ts';
import { deviceCredentials } from '../simulation/device-credentials.ts';
import { registerDevices } from '../simulation/register-devices.ts';
import { departures, share, spreadDepartures, spreadOver, type Departure, type Share } from '../simulation/shares.ts';
import { remark, summarise, summaryText } from '../simulation/simulation-summary.ts';
import { serverPositions, startingPoint } from '../simulation/starting-points.ts';
import { print } from '../../terminal/terminal.ts';
import { isLoopbackUrl } from '../../config/listen-rules.ts';

type Options = Partial<Record<Departure, Share>> & {
  readonly devices: number;
  readonly transport: Transport | 'mixed';
  readonly unmodified?: Share;
  readonly restart?: Share;
  readonly rate: number;
  readonly duration: number;
  readonly agentServer?: string;
  readonly agentCa?: string;
  readonly deviceCertDir?: string;
  readonly deviceTokenKey?: string;
  readonly prefix: string;
  readonly register?: true;
  readonly allowRemote?: true;
  readonly json?: true;
};

const maxDevices = 100_000;
/** Tokens outlast the simulation by so much. */
const tokenSpareSeconds = 3_600;
/** Longest restart of an agent. */
const restartMs = 2_000;
const reconnect = { firstMs: 500, capMs: 30_000 };

/** `muster simulate` */
export function simulateCommand(): Command {
  const command = new Command('simulate')
    .description('a fleet of simulated devices, for trials and load')
    .requiredOption('--devices <count>', 'how many devices', deviceCount)
    .addOption(new Option('--transport <transport>', 'how they talk').choices(['http', 'ws', 'mixed']).default('mixed'))
    .option('--rate <count>', 'how many connect a second', rate, 100)
    .addOption(durationOption())
    .option(
      '--agent-server <url>',
      'base URL that devices talk to (MUSTER_AGENT_SERVER; default http://127.0.0.1:7443)',
    )
    .option('--agent-ca <file>', 'PEM file with the authorities that its certificate may be from (default: as --ca)')
    .addOption(
      new Option(
        '--device-cert-dir <directory>',
        'devices show certificates: NAME.crt and NAME.key, as `muster pki device` makes them',
      ).conflicts('deviceTokenKey'),
    )
    .option(
      '--device-token-key <file>',
      'devices show tokens, signed with this private key, as `muster pki token-key` makes one',
    )
    .option('--register', 'create the devices first, each with a small spec, through the admin API')
    .option('--prefix <text>', 'their names begin so, and end in a number', prefix, 'sim')
    .option('--ahead <share>', 'devices that run newer versions than the server has, such as 10% or 25', share)
    .option('--behind <share>', 'devices that run an older version', share)
    .option('--diverged <share>', 'devices whose history is not the server’s', share)
    .option(
      '--unmodified <share>',
      'devices over HTTP that talk as an unmodified Flight Control agent: its pace, and numbers alone',
      share,
    )
    .option('--restart <share>', 'devices whose agent restarts once, at a random time', share)
    .option('--allow-remote', 'allow addresses beyond this machine: be sure whose servers they are')
    .option('--json', 'print the summary as one line of JSON')
    .action(simulate);
  command.addHelpText(
    'after',
    '\nWhere the server believes the devices are is asked of the admin API (--server), if any are to begin elsewhere. Devices\napply what they get to files and applications in memory, as a real agent does. They obey Retry-After (unmodified agents do\nnot), and connect again by themselves. Several devices that are ahead although no restore was declared make Muster\ndeclare one by itself, as MUSTER_NOTICE_AHEAD says.',
  );
  return addExamples(command, [
    { line: 'muster simulate --devices 100 --register' },
    { line: 'muster simulate --devices 1000 --ahead 10% --diverged 5 --rate 500 --duration 2m' },
    { line: 'muster simulate --devices 1000 --unmodified 20% --restart 5% --duration 10m' },
    {
      line: 'muster simulate --devices 100 --agent-server https://localhost:7443 --agent-ca pki/ca.crt --device-token-key pki/device-token.key',
    },
    { line: 'muster simulate --devices 5000 --transport ws --json | jq .latencyMs' },
  ]);
}

function durationOption(): Option {
  const option = new Option('--duration <duration>', 'how long they run, such as 90s, 10m or 2h');
  return option.argParser(durationMs).default(60_000, '60s');
}

function deviceCount(text: string): number {
  return within(text, maxDevices);
}

function rate(text: string): number {
  return within(text, 1_000_000);
}

function within(text: string, most: number): number {
  const value = wholeNumber(text);
  if (value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`Expected 1 to ${most}.`);
}

function prefix(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Expected at most 62 lower-case letters, digits and "-", with no "-" at an end.');
}

async function simulate(options: Options, command: Command): Promise<void> {
  const agentServer = agentServerOf(options);
  const connection = connectionOf(command);
  const cast = castOf(options);
  const asksApi = options.register === true || departures.some((departure) => options[departure] !== undefined);
  if (options.allowRemote !== true) {
    for (const address of [agentServer, ...(asksApi ? [connection.server] : [])]) requireLoopback(address);
  }
  requireOpenFiles(options.devices + 100, `${options.devices} devices`);
  const agentCa = readAuthorities('--agent-ca', options.agentCa) ?? connection.ca;
  await requireReachable(agentServer, agentCa);

  const names = cast.map(({ name }) => name);
  const credentials = await deviceCredentials(names, {
    certificates: options.deviceCertDir,
    tokenKey: options.deviceTokenKey,
    lifetimeSeconds: options.duration / 1_000 + tokenSpareSeconds,
  });
  const api = createApiClient(connection);
  if (options.register === true) {
    const progress = throttled(showProgress(process.stderr, 'Registered'), process.stderr);
    const onProgress = (done: number) => progress.update(done, names.length, '');
    await registerDevices(api, names, onProgress).finally(() => progress.stop());
  }
  const hasDepartures = cast.some(({ departure }) => departure !== undefined);
  const positions = hasDepartures ? await serverPositions(api, `${options.prefix}-`) : undefined;
  const members = cast.map(({ name, transport, manner, departure }, index): Member => {
    const start = positions === undefined ? fresh : startingPoint(positions.get(name), departure);
    return { name, transport, manner, start, credential: credentials[index] };
  });
  const fleet = new SimulatedFleet({ agentServer, agentCa, members, reconnect });
  await run(fleet, new Set(cast.filter(({ restarts }) => restarts).map(({ name }) => name)), options);
}

/** A device of the simulation, before it is known where it begins. */
type CastDevice = Pick<Member, 'name' | 'transport' | 'manner'> & {
  readonly departure: Departure | undefined;
  readonly restarts: boolean;
};

/** @throws UsageError if a part is more than the whole */
function castOf(options: Options): CastDevice[] {
  const { devices, prefix, unmodified, restart } = options;
  const departing = spreadDepartures(devices, options);
  const indexes = departing.map((_departure, index) => index);
  const overHttp = indexes.filter((index) => transportOf(options.transport, index) === 'http');
  const unmodifiedOnes = spreadOver(overHttp, unmodified?.of(devices) ?? 0, '--unmodified');
  const restarting = spreadOver(indexes, restart?.of(devices) ?? 0, '--restart');
  return departing.map((departure, index) => ({
    name: `${prefix}-${String(index + 1).padStart(6, '0')}`,
    transport: transportOf(options.transport, index),
    manner: unmodifiedOnes.has(index) ? 'flightctl' : 'muster',
    departure,
    restarts: restarting.has(index),
  }));
}

async function run(
  fleet: SimulatedFleet,
  restarting: ReadonlySet<string>,
  { rate, duration, json }: Options,
): Promise<void> {
  const interruption = interruptible('interrupted: ending the simulation');
  const progress = showProgress(process.stderr, 'Simulating');
  const begunAtMs = performance.now();
  const seconds = () => (performance.now() - begunAtMs) / 1000;
  const everyMs = process.stderr.isTTY ? 500 : 5_000;
  fleet.start({ ratePerSecond: rate });
  const restarts = fleet.devices
    .filter(({ name }) => restarting.has(name))
    .map((device) => setTimeout(() => fleet.restart([device], { spreadMs: restartMs }), Math.random() * duration));
  while (seconds() * 1_000 < duration && !interruption.signal.aborted) {
    const leftMs = duration - seconds() * 1_000;
    await sleep(Math.min(everyMs, leftMs), undefined, { signal: interruption.signal }).catch(() => undefined);
    progress.update(fleet.counters.answered.size, fleet.devices.length, remark(fleet, seconds()));
  }
  progress.stop();
  for (const timer of restarts) clearTimeout(timer);
  const summary = summarise(fleet, seconds());
  await fleet.stop();
  interruption.end();
  print(json === true ? JSON.stringify(summary) : summaryText(summary));
  if (summary.answered > 0) return;
  const advice = 'device not known' in summary.errors ? ': the server does not know them, --register creates them' : '';
  throw new CliError(`no device was answered${advice}`);
}

function transportOf(transport: Options['transport'], index: number): Transport {
  switch (transport) {
    case 'http':
    case 'ws':
      return transport;
    case 'mixed':
      return index % 2 === 0 ? 'http' : 'ws';
    default:
      return transport satisfies never;
  }
}

function agentServerOf({ agentServer }: Options): string {
  const text = agentServer ?? agentServerDefault();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new UsageError(`--agent-server: expected a URL such as http://127.0.0.1:7443, found ${JSON.stringify(text)}`);
}

/** A load generator must not come upon strangers by accident. */
function requireLoopback(address: string): void {
  if (isLoopbackUrl(new URL(address))) return;
  throw new UsageError(`${address} is not on this machine: --allow-remote says that you are sure`);
}

/** @throws UnreachableError if nothing answers there; what it answers does not matter */
async function requireReachable(agentServer: string, ca: string | undefined): Promise<void> {
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  try {
    const response = await fetchThrough(agentServer, { dispatcher, signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
  } catch (error) {
    const failure = explained(error);
    const known = failure instanceof UnreachableError ? failure : new UnreachableError(rootCause(error), error);
    throw unreachable(agentServer, known, '--agent-server or MUSTER_AGENT_SERVER');
  } finally {
    await dispatcher.close();
  }
}
