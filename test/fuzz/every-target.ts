import type { FuzzTarget } from './fuzz-target.ts';
import { certificateExtensions, certificateRequests } from './targets/certificates.ts';
import { applied, maskedDocuments, maskedTexts } from './targets/documents.ts';
import { listenerTargets } from './targets/listeners.ts';
import { fieldSelectors, fleetSelectors, labelSelectors, writtenSelectors } from './targets/selectors.ts';
import { addresses, durations, everySetting } from './targets/settings.ts';
import { agentDocuments, httpAnswers, retryAfters } from './targets/simulator.ts';
import { templatedSpecs, templates } from './targets/templates.ts';
import { tokenAnswers, tokenRequests } from './targets/tokens.ts';
import { continueTokens, frames, patches, positions, writtenTokens } from './targets/wire.ts';

/** Every parser of what comes from outside. @param databaseUrl where the listeners may write; a private one if not given */
export function everyTarget(databaseUrl?: string): FuzzTarget[] {
  return [
    labelSelectors,
    writtenSelectors,
    fieldSelectors,
    fleetSelectors,
    templates,
    templatedSpecs,
    frames,
    positions,
    patches,
    continueTokens,
    writtenTokens,
    tokenRequests,
    tokenAnswers,
    everySetting,
    durations,
    addresses,
    certificateRequests,
    certificateExtensions,
    applied,
    maskedTexts,
    maskedDocuments,
    retryAfters,
    agentDocuments,
    httpAnswers,
    ...listenerTargets(databaseUrl),
  ];
}
