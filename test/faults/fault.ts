import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** A row of the fault matrix. */
export type Fault = {
  readonly row: number;
  readonly name: string;
  /** Injects the fault, counts what it injected, and ends it: what lasts is healed before this resolves. */
  inject(scene: Scene, random: Random): Promise<void>;
};
