import { execFile } from 'node:child_process';
import { z } from 'zod';

// Asks the registry for known weaknesses of what runs in production. A weakness of at least this severity is an error. That
// the registry does not answer is none: it says nothing of the change that is checked, and another run will ask again.

const failingSeverities = ['high', 'critical'] as const;

const reportSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.looseObject({
      name: z.string(),
      severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
      range: z.string(),
    }),
  ),
  metadata: z.looseObject({ dependencies: z.looseObject({ prod: z.number() }) }),
});

const refusalSchema = z.looseObject({ message: z.string() });

/** npm exits with an error where it finds something and where it cannot ask, so only what it says counts. */
async function audit(): Promise<{ output: string; complained: string }> {
  return await new Promise((resolve) => {
    // The project's own settings keep npm from asking at each install; here is where it is asked.
    const args = ['audit', '--omit=dev', '--json', '--audit=true', '--fetch-timeout=30000', '--fetch-retries=1'];
    execFile('npm', args, { maxBuffer: 64 * 1024 * 1024 }, (_error, output, complained) =>
      resolve({ output, complained }),
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const { output, complained } = await audit();
const said = parsed(output);
const report = reportSchema.safeParse(said).data;
if (report === undefined) {
  const why = refusalSchema.safeParse(said).data?.message ?? complained.split('\n')[0] ?? '';
  process.stdout.write(
    [
      '****************************************************************',
      '  NOT AUDITED: the registry did not answer the question for known weaknesses.',
      `  ${why.trim()}`,
      '  Nothing is known to be wrong, and nothing is known to be right. Ask again: npm run audit',
      '****************************************************************',
      '',
    ].join('\n'),
  );
} else {
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range } of found) process.stdout.write(`${severity}: ${name} ${range}\n`);
  const failing = found.filter(({ severity }) => failingSeverities.some((each) => each === severity));
  process.stdout.write(
    `${report.metadata.dependencies.prod} packages of production: ${found.length} known weaknesses, ${failing.length} of them ${failingSeverities.join(' or ')}\n`,
  );
  if (failing.length > 0) process.exitCode = 1;
}
