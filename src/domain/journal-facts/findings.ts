/** Numbers of what was found in the journal when a restore was declared. */
export type JournalFindings = {
  readonly segments: number;
  /** Segments of another control plane, or of a form that the program did not know: not read. */
  readonly foreign: number;
  readonly facts: number;
  /** Lines and files that could not be read. */
  readonly unreadable: number;
  readonly lostPositions: number;
  readonly lostDocuments: number;
  /** Reason why it was not read to its end; null where it was. */
  readonly problem: string | null;
};
