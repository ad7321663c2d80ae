import { readdir, readFile } from 'node:fs/promises';

/** Variable by which the processes of a command of a run are known. */
export const commandVariable = 'MUSTER_RESTORE_COMMAND';

/** The value of that variable for a command. */
export function commandMark(run: string, number: number): string {
  return `${run}:${number}`;
}

/**
 * Ends the processes of commands whose run was killed while they ran. They are known by their environment, which those that they
 * started inherit. Only Linux shows it: elsewhere none is found.
 *
 * @returns their numbers
 */
export async function endLeftovers(marks: ReadonlySet<string>): Promise<number[]> {
  if (marks.size === 0) return [];
  const names = await readdir('/proc').catch(() => []);
  const ended: number[] = [];
  for (const name of names.filter((text) => /^\d+$/.test(text) && Number(text) !== process.pid)) {
    // Processes of others cannot be read, and are not ours.
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    const mark = environment.split('\0').find((variable) => variable.startsWith(`${commandVariable}=`));
    if (mark === undefined || !marks.has(mark.slice(commandVariable.length + 1))) continue;
    try {
      process.kill(Number(name), 'SIGKILL');
      ended.push(Number(name));
    } catch {
      // It has ended meanwhile.
    }
  }
  return ended;
}
