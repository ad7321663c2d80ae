import { styleText } from 'node:util';
import { CliError } from '../client/failures.ts';
import { type Progress, showProgress, throttled } from '../terminal/progress.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan';

/** A failed check of the story. */
export class DemoFailure extends CliError {
  override readonly name = 'DemoFailure';
}

/** Tells the story: headlines with the time that has passed, what is done and why it matters, and what was checked. */
export class Narrator {
  private readonly stream: NodeJS.WriteStream;
  private readonly colourful: boolean;
  private readonly begunAtMs = performance.now();
  private steps = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
    this.colourful = stream.isTTY && stream.hasColors();
  }

  /** Seconds since the story began. */
  get seconds(): number {
    return (performance.now() - this.begunAtMs) / 1000;
  }

  title(text: string): void {
    this.write(`\n${this.paint('bold', text)}`);
  }

  /** A new part of the story. */
  step(headline: string, why: string): void {
    this.steps += 1;
    const time = this.paint('dim', `${this.seconds.toFixed(1)} s`);
    this.write(`\n${this.paint('bold', `${this.steps}. ${headline}`)}  ${time}`);
    this.say(why);
  }

  say(text: string): void {
    this.write(text.replaceAll(/^/gm, '   '));
  }

  /** The command by which a person would do what happens next. */
  command(line: string): void {
    this.write(this.paint('cyan', `   $ ${line}`));
  }

  /** Text of several lines, set apart. */
  block(text: string): void {
    this.write(`\n${text.trimEnd().replaceAll(/^/gm, '     ')}\n`);
  }

  /** Checks a number. @throws DemoFailure with the expected and the found number */
  expect(what: string, { expected, found }: { expected: number; found: number }): void {
    if (expected !== found) throw new DemoFailure(`step ${this.steps}: ${what}: expected ${expected}, found ${found}`);
    this.confirm(`${what}: ${found}`);
  }

  /** Checks a fact. @throws DemoFailure with the fact that holds instead */
  expectThat(what: string, holds: boolean, instead: string): void {
    if (!holds) throw new DemoFailure(`step ${this.steps}: expected that ${what}; found ${instead}`);
    this.confirm(what);
  }

  progress(label: string): Progress {
    return throttled(showProgress(this.stream, `   ${label}`), this.stream);
  }

  private confirm(text: string): void {
    this.write(`   ${this.paint('green', '✓')} ${text}`);
  }

  private paint(style: Style, text: string): string {
    return this.colourful ? styleText(style, text) : text;
  }

  private write(text: string): void {
    this.stream.write(`${text}\n`);
  }
}
