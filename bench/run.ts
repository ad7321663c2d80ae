import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { declareRestoreBench } from './declare-restore.ts';
import { firstReportBench } from './first-report.ts';
import { machine, withRig, type Row } from './harness.ts';

const benches = [declareRestoreBench, firstReportBench];

const usage = `usage: npm run bench -- [NAME…] [--json] [--compare FILE]

Measures against baselines of the same run; absolute figures mean little on a shared machine.
  NAME            only these: ${benches.map((bench) => bench.name).join(', ')}
  --json          print JSON, as --compare reads it
  --compare FILE  show the ratios of an earlier run (npm run --silent bench -- --json > FILE) beside these`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, compare: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
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

const rows: Row[] = [];
await withRig(async (rig) => {
  for (const bench of benches) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    process.stderr.write(`${bench.name} …\n`);
    rows.push(...(await bench.run(rig)));
  }
});

if (values.json === true) process.stdout.write(`${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
else process.stdout.write(await table());

async function table(): Promise<string> {
  const earlier = await earlierRatios();
  const number = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 4 });
  const lines = rows.map(({ what, figure, baseline, unit, ratio, goal, met }) => {
    const before = earlier.get(what);
    const cells = [
      what,
      `${number(figure)} ${unit}`,
      `${number(baseline)} ${unit}`,
      `${number(ratio)} ×`,
      goal,
      met ? 'yes' : 'no',
    ];
    return `| ${[...cells, ...(values.compare === undefined ? [] : [before === undefined ? '' : `${number(before)} ×`])].join(' | ')} |`;
  });
  const head = [
    'What',
    'Figure',
    'Baseline',
    'Ratio',
    'Goal',
    'Met',
    ...(values.compare === undefined ? [] : ['Earlier ratio']),
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

async function earlierRatios(): Promise<Map<string, number>> {
  if (values.compare === undefined) return new Map();
  const schema = z.object({ rows: z.array(z.object({ what: z.string(), ratio: z.number() })) });
  const { rows: before } = schema.parse(JSON.parse(await readFile(values.compare, 'utf8')));
  return new Map(before.map(({ what, ratio }) => [what, ratio]));
}
