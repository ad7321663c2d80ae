import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { declareAndSwapBench } from './declare-and-swap.ts';
import { declareRestoreBench } from './declare-restore.ts';
import { firstReportBench, heartbeatBench } from './first-report.ts';
import { machine, withRig, type Rig, type Row } from './harness.ts';
import { heldPollsBench } from './held-polls.ts';
import { idleMemoryBench } from './idle-memory.ts';
import { instancesBench } from './instances.ts';
import { largeStatusesBench } from './large-statuses.ts';
import { listBench } from './lists.ts';
import { mutualTlsBench } from './mutual-tls.ts';
import { processesBench } from './processes.ts';
import { resumeBench } from './resume.ts';
import { overloadBench, stormBench } from './storm.ts';
import { tablesBench } from './tables.ts';
import { websocketBench } from './websocket-report.ts';

const benches = [
  mutualTlsBench,
  idleMemoryBench,
  declareRestoreBench,
  declareAndSwapBench,
  firstReportBench,
  heartbeatBench,
  heldPollsBench,
  websocketBench,
  resumeBench,
  listBench,
  stormBench,
  overloadBench,
  processesBench,
  instancesBench,
  tablesBench,
  largeStatusesBench,
];

const usage = `usage: npm run bench -- [NAME…] [--json] [--compare FILE]

Measures against baselines of the same run; absolute figures mean little on a shared machine.
  NAME            only these: ${benches.map((bench) => bench.name).join(', ')}
  --devices N     the size of the large fleet (1000000)
  --json          print JSON, as --compare reads it
  --compare FILE  show the ratios (or figures with a bound of their own) of an earlier run (npm run --silent bench -- --json > FILE) beside these`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    devices: { type: 'string', default: '1000000' },
    compare: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(`error: there is no bench ${unknown.join(', ')}\n${usage}\n`);
  process.exit(2);
}

const fleet = Number(values.devices);
if (!Number.isInteger(fleet) || fleet < 10_000) {
  process.stderr.write(`error: --devices: expected a whole number from 10000, found ${values.devices}\n`);
  process.exit(2);
}

/** Rejects when this run is told to end: what it started is stopped and taken away as after any failure. */
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => reject(new Error(`ended by ${signal}`)));
});

const rows: Row[] = [];
await withRig(fleet, (rig) => Promise.race([measureAll(rig), interrupted])).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

async function measureAll(rig: Rig): Promise<void> {
  for (const bench of benches) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    process.stderr.write(`${bench.name} …\n`);
    const beganAt = performance.now();
    const measured = await bench.run(rig);
    for (const { what, figure, unit, ratio, met } of measured)
      process.stderr.write(
        `  ${inWords(met).padEnd(6)} ${what}: ${number(figure)} ${unit}${ratio === null ? '' : `, ${number(ratio)} ×`}\n`,
      );
    process.stderr.write(`  ${Math.round((performance.now() - beganAt) / 1_000)} s\n`);
    rows.push(...measured);
  }
}

if (values.json === true) process.stdout.write(`${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
else process.stdout.write(await table());

function inWords(met: boolean | null): string {
  if (met === null) return '';
  return met ? 'met' : 'missed';
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 4 });
}

async function table(): Promise<string> {
  const earlier = await earlierRatios();
  const lines = rows.map(({ what, figure, baseline, unit, ratio, goal, met }) => {
    const before = earlier.get(what);
    const cells = [
      what,
      `${number(figure)} ${unit}`,
      baseline === null ? '' : `${number(baseline)} ${unit}`,
      ratio === null ? '' : `${number(ratio)} ×`,
      goal,
      inWords(met),
    ];
    return `| ${[...cells, ...(values.compare === undefined ? [] : [before ?? ''])].join(' | ')} |`;
  });
  const head = [
    'What',
    'Figure',
    'Baseline',
    'Ratio',
    'Goal',
    'Result',
    ...(values.compare === undefined ? [] : ['Earlier']),
  ];
  const { date, commit, cores, cpu, node } = machine();
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...lines,
    '',
    `${date}, ${commit}, ${cores} cores (${cpu}), Node ${node}`,
    '',
  ].join('\n');
}

async function earlierRatios(): Promise<Map<string, string>> {
  if (values.compare === undefined) return new Map();
  const schema = z.object({
    rows: z.array(z.object({ what: z.string(), ratio: z.number().nullable(), figure: z.number() })),
  });
  const { rows: before } = schema.parse(JSON.parse(await readFile(values.compare, 'utf8')));
  return new Map(
    before.map(({ what, ratio, figure }) => [what, ratio === null ? number(figure) : `${number(ratio)} ×`]),
  );
}
