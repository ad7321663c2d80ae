import type { StepName } from '../../domain/recovery-runs/run-steps.ts';
import type { ActiveRun } from '../active-run.ts';

/** Work of a step. */
export type StepWork = {
  /** Tells if it is so already, so that nothing is to be done. Changes nothing. */
  readonly observe: (run: ActiveRun) => Promise<boolean>;
  /** Makes it so; made again where a run was killed in the middle of it. @throws Error if it cannot */
  readonly act: (run: ActiveRun) => Promise<void>;
};

/** Work of all steps. */
export type AllSteps = Readonly<Record<StepName, StepWork>>;
