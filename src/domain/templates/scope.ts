import type { OutputBudget } from './output-budget.ts';
import { TemplateError } from './template-error.ts';

/** What a template may know of a device. */
export type TemplateDevice = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** What evaluating one expression takes: the device, the budget, and where it stands, to fail there. */
export class Scope {
  readonly device: TemplateDevice;
  readonly #budget: OutputBudget;
  readonly #source: string;
  readonly #offset: number;

  constructor(device: TemplateDevice, budget: OutputBudget, source: string, offset: number) {
    this.device = device;
    this.#budget = budget;
    this.#source = source;
    this.#offset = offset;
  }

  fail(reason: string): never {
    throw new TemplateError(reason, this.#source, this.#offset);
  }

  /** Takes bytes of UTF-8 from the budget, or fails if there are not that many left. */
  spend(bytes: number): void {
    if (!this.#budget.spend(bytes)) this.fail(`templates make more than ${this.#budget.limitBytes} bytes of text`);
  }
}
