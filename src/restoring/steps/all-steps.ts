import { artifact } from './artifact.ts';
import { declare } from './declare.ts';
import { fence } from './fence.ts';
import { health } from './health.ts';
import { inspect } from './inspect.ts';
import { muster } from './muster.ts';
import { preflight } from './preflight.ts';
import { record } from './record.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { start } from './start.ts';
import type { AllSteps } from './step-work.ts';
import { stop } from './stop.ts';
import { suspend } from './suspend.ts';
import { swap } from './swap.ts';

/** The work of each step (recovery.md, "A run"). */
export const allSteps: AllSteps = {
  preflight,
  artifact,
  suspend,
  stop,
  fence,
  restore,
  inspect,
  declare,
  swap,
  start,
  health,
  resume,
  muster,
  record,
};
