import type * as fc from 'fast-check';
import type { System } from '../system.ts';
import type { World } from '../world.ts';

/** A command of the model: does one thing to the world and to the real thing, and checks that both agree. */
export abstract class ModelCommand<Choice> implements fc.AsyncCommand<World, System> {
  protected readonly choice: Choice;

  constructor(choice: Choice) {
    this.choice = choice;
  }

  check(_world: Readonly<World>): boolean {
    return true;
  }

  abstract run(world: World, system: System): Promise<void>;

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify(this.choice)})`;
  }
}
