import { v7 } from 'uuid';

/** A UUID that sorts by time and is otherwise random, so that two restores of one backup never share a timeline. */
export function uuidv7(at: Date): string {
  return v7({ msecs: at.getTime() });
}
