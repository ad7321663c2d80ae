import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { DemoService } from '../../demo/demo-service.ts';
import { clearAwayOnExit } from '../../demo/last-resort.ts';
import { Narrator } from '../../demo/narrator.ts';
import type { Stage } from '../../demo/stage.ts';
import { addExamples } from '../examples.ts';
import { interruptedExitCode, interruptible } from '../../terminal/interruption.ts';
import { requireOpenFiles } from '../open-files.ts';
import { wholeNumber } from '../option-values.ts';
import { print, note } from '../../terminal/terminal.ts';

type Options = { readonly devices: number; readonly json?: true; readonly keep?: true };

const fewestDevices = 10;
const maxDevices = 20_000;

/** `muster demo` */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('play the whole story on a private database: a fleet, a backup, a loss, a restore, and the muster')
    .option('--devices <count>', `how many devices take part, ${fewestDevices} to ${maxDevices}`, deviceCount, 1_000)
    .option('--json', 'end with one line of JSON on standard output; the story goes to standard error')
    .option('--keep', 'leave it running afterwards until Ctrl-C, and keep its data')
    .action(demo);
  command.addHelpText(
    'after',
    '\nEvery number is checked on the way; the exit code is 0 if all hold and 1 if one does not. A temporary directory is used\nand removed. No other service, database or port is touched.',
  );
  return addExamples(command, [
    { line: 'muster demo' },
    { line: "muster demo --devices 100 --json | jq '.deliveredWhilePaused, .removedUnordered'" },
    { line: 'muster demo --keep', about: 'and then look around with muster get, as it says' },
  ]);
}

function deviceCount(text: string): number {
  const count = wholeNumber(text);
  if (count >= fewestDevices && count <= maxDevices) return count;
  throw new InvalidArgumentError(`Expected ${fewestDevices} to ${maxDevices}.`);
}

async function demo({ devices, json, keep }: Options): Promise<void> {
  // Each end of a connection is a file of its process.
  requireOpenFiles(devices + 500, `${devices} devices`);
  // Loaded here, so that commands that only talk to a server start without it.
  const { clearStage, setStage, startDemoService, tellStory } = await import('../../demo/demo.ts');
  const narrator = new Narrator(json === true ? process.stderr : process.stdout);
  const interruption = interruptible('interrupted: clearing away (again to leave at once)');
  const directory = await mkdtemp(join(tmpdir(), 'muster-demo-'));
  const callOff = clearAwayOnExit(directory, { keep: keep === true });
  let service: DemoService | undefined;
  let stage: Stage | undefined;
  try {
    narrator.title(`Muster demo: ${devices} devices lose their control plane’s database`);
    service = await startDemoService(directory, narrator);
    stage = setStage({ service, devices, narrator, signal: interruption.signal });
    const result = await tellStory(stage);
    narrator.title(`All numbers hold: ${result.seconds} s.`);
    if (json === true) print(JSON.stringify(result));
    if (keep === true) await stayUntilInterrupted(service, narrator, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.exitCode = interruptedExitCode;
  } finally {
    if (stage !== undefined) await clearStage(stage);
    await service?.dispose();
    if (keep === true && service !== undefined) note(`The data is kept: muster serve --data-dir ${directory}`);
    else await rm(directory, { recursive: true, force: true });
    callOff();
    interruption.end();
  }
}

async function stayUntilInterrupted(service: DemoService, narrator: Narrator, signal: AbortSignal): Promise<void> {
  narrator.say(`The service and its devices keep running until Ctrl-C. Devices talk to ${service.agent}; try`);
  narrator.command(`muster --server ${service.api} get devices -l ring=canary -o wide`);
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
