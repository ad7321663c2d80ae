import { createInterface } from 'node:readline/promises';

/** Writes the result of a command to standard output, with a line's end. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes messages beside the result to standard error, with a line's end. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Tells if there is a person to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks a question that only `y` or `yes` answers with yes. */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const abandoned = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), abandoned]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
