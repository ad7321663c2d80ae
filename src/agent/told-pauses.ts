import { BoundedMemory } from '../bounded-memory.ts';
import type { ReportOutcome } from '../usecases/accept-reports.ts';

/** Devices whose pause is remembered as told; past it the oldest are told again, which does no harm. */
const maxRemembered = 100_000;

/** Which devices have been told by this process that they are paused, so that each is told once and then polls quietly. */
export class ToldPauses {
  private readonly restoreOf = new BoundedMemory<string>(maxRemembered);

  /** Whether this outcome is a pause that the device has not been told of yet; it counts as told from now on. */
  isNews(device: string, outcome: Extract<ReportOutcome, { kind: 'known' }>): boolean {
    if (outcome.gate === 'Open') {
      this.restoreOf.delete(device);
      return false;
    }
    if (this.restoreOf.get(device) === outcome.restore && !outcome.justJudged) return false;
    this.restoreOf.set(device, outcome.restore);
    return true;
  }
}
