import type { OutputBudget } from './output-budget.ts';
import { TemplateError } from './template-error.ts';

/** What a template may know of a device. */
export type TemplateDevice = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** The device that a template is filled in for, and the bounds for it. */
export type Filling = {
  readonly device: TemplateDevice;
  readonly budget: OutputBudget;
  /** No device is there yet: what depends on one is no error. */
  readonly isTrial: boolean;
};

/** What evaluating one expression takes: the device, the budget, and where it stands, to fail there. */
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

  /** Fails for the device, which another device need not do; a trial goes on with a value in place of the right one. */
  failForDevice<Value>(reason: string, inTrial: Value): Value {
    return this.#filling.isTrial ? inTrial : this.fail(reason);
  }

  /** Takes bytes of UTF-8 from the budget, or fails if there are not that many left. */
  spend(bytes: number): void {
    const { budget } = this.#filling;
    if (!budget.spend(bytes)) this.fail(`templates make more than ${budget.limitBytes} bytes of text`);
  }

  /** Takes text that is about to be read from the budget, or fails if there is not as much left. */
  read(length: number): void {
    const { budget } = this.#filling;
    if (!budget.read(length)) this.fail(`the functions of templates read more than ${budget.readLimit} characters`);
  }
}
