import { Command } from 'commander';
import type { Environment } from '../../config/config.ts';
import type { Finding } from '../../doctor/finding.ts';
import { addExamples } from '../examples.ts';
import { exitCodes } from '../../client/failures.ts';
import { counted } from '../../terminal/counted.ts';
import { printable } from '../../terminal/printable.ts';
import { addSettingFlags, environmentWith, type SettingFlags } from '../setting-flags.ts';
import { print, note } from '../../terminal/terminal.ts';

/** `muster doctor`: whether the service could run here, and what to do if not. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check everything that the service needs, and say what to do')
    .option('--json', 'one JSON object on standard output instead of lines');
  addSettingFlags(command).addHelpText(
    'after',
    `
Reads the configuration as 'muster serve' does, from the same environment and flags. Needs no running
service and changes nothing. Each line is ok, a warning (it would run, but not as well as it could) or
a problem. Exits 1 if there is a problem, else 0.`,
  );
  addExamples(command, [
    { line: 'muster doctor' },
    { line: 'DATABASE_URL=postgres://muster@db/muster DB_PASSWORD=… REDIS_URL=redis://kv muster doctor' },
    { line: 'muster doctor --json | jq \'.findings[] | select(.level != "ok")\'', about: 'for a script' },
  ]);
  return command.action(async (options: SettingFlags) => {
    const findings = await findingsOf(environmentWith(options), options['json'] === true ? () => undefined : show);
    const problems = findings.filter(({ level }) => level === 'problem').length;
    const warnings = findings.filter(({ level }) => level === 'warning').length;
    if (options['json'] === true) print(JSON.stringify({ problems, warnings, findings }));
    else note(`${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`);
    if (problems > 0) process.exitCode = exitCodes.error;
  });
}

async function findingsOf(environment: Environment, seen: (finding: Finding) => void): Promise<Finding[]> {
  // Loaded here, so that commands that only talk to a server start without it.
  const { examine } = await import('../../doctor/examine.ts');
  const findings: Finding[] = [];
  for await (const finding of examine(environment)) {
    findings.push(finding);
    seen(finding);
  }
  return findings;
}

function show({ level, area, found, advice }: Finding): void {
  print(`${level.padEnd(8)} ${area.padEnd(15)} ${printable(found)}`);
  if (advice !== undefined) print(`${' '.repeat(25)}${printable(advice)}`);
}
