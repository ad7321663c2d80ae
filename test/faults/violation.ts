/** The invariants of the design, and `R`: what the rig demands beside them, such as that no process ends by itself. */
export type Invariant = 'S1' | 'S2' | 'S3' | 'S4' | 'S5' | 'S6' | 'S7' | 'S8' | 'S9' | 'S10' | 'L1' | 'L2' | 'L3' | 'R';

export type Violation = { readonly invariant: Invariant; readonly detail: string; readonly device?: string };
