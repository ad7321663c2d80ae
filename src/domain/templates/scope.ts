import type { OutputBudget } from './output-budget.ts';
import { TemplateError } from './template-error.ts';

/** The facts of a device that templates can use. */
export type TemplateDevice = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** The device that a template is filled in for, and the budget. */
export type Filling = {
  readonly device: TemplateDevice;
  readonly budget: OutputBudget;
  /** There is no device yet: errors that depend on the device do not count. */
  readonly isTrial: boolean;
};

/** The surroundings of one expression that is evaluated: the device, the budget, and its place, to name in errors. */
export class Scope {
  readonly device: TemplateDevice;
  readonly #filling: Filling;
  readonly #source: string;
  readonly #offset: number;

  constructor(filling: Filling, source: string, offset: number) {
    this.device = filling.device;
    this.#filling = filling;
    this.#source = source;
    this.#offset = offset;
  }

  fail(reason: string): never {
    throw new TemplateError(reason, this.#source, this.#offset);
  }

  /** Fails for this device, where another device might not fail; a trial goes on with the substitute value. */
  failForDevice<Value>(reason: string, inTrial: Value): Value {
    return this.#filling.isTrial ? inTrial : this.fail(reason);
  }

  /** Takes bytes of UTF-8 from the budget, or fails if fewer are left. */
  spend(bytes: number): void {
    const { budget } = this.#filling;
    if (!budget.spend(bytes)) this.fail(`templates make more than ${budget.limitBytes} bytes of text`);
  }

  /** Takes the length of a text that is about to be read from the budget, or fails if less is left. */
  read(length: number): void {
    const { budget } = this.#filling;
    if (!budget.read(length)) this.fail(`the functions of templates read more than ${budget.readLimit} characters`);
  }
}
