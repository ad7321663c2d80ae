import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MusterError } from '../../../src/domain/errors.ts';
import {
  graft,
  highestStatable,
  leftAt,
  maxClaimedVersion,
  parseRenderedVersion,
  parseSpecHash,
  parseTimeline,
  renderedPosition,
  type DevicePosition,
  type ServerPosition,
} from '../../../src/domain/recovery/position.ts';
import { highest } from '../../../src/domain/recovery/report.ts';
import {
  currentTimelines,
  devicePositions,
  hashes,
  serverPositions,
  timelines,
} from '../../support/random-positions.ts';

const [first, second, third] = timelines as [string, string, string];

/** The refusal of a claim, which must be one. */
function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof MusterError && error.status === 400) return error.message;
    throw error;
  }
  throw new Error('the claim was accepted');
}

describe('a claimed version', () => {
  test.each([undefined, null, '', '0', '00', '000000'])('that says nothing, %j, is 0', (text) => {
    expect(parseRenderedVersion(text, 'version')).toBe(0);
  });

  test.each([
    ['1', 1],
    ['0042', 42],
    [String(maxClaimedVersion), maxClaimedVersion],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('of plain digits, %s, is that number', (text, version) => {
    expect(parseRenderedVersion(text, 'version')).toBe(version);
  });

  test.each(['-1', '+1', '1.0', '1e3', ' 1', '1 ', '0x10', 'seven', 'NaN', 'Infinity', '١', '1\n', '1_000', 'null'])(
    'that is no non-negative integer in digits, %j, is refused and not taken for 0',
    (text) => {
      expect(refusal(() => parseRenderedVersion(text, 'knownRenderedVersion'))).toContain('knownRenderedVersion');
    },
  );

  test.each([
    '9007199254740992',
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551617',
    '9'.repeat(300),
  ])('beyond what is counted exactly, %s, is refused and does not wrap', (text) => {
    expect(refusal(() => parseRenderedVersion(text, 'version'))).toMatch(/expected/);
  });

  test('leaves room for every later version to be counted exactly', () => {
    const server = { timeline: first, version: 3, specHash: null, lineage: {} };
    const next = renderedPosition(server, maxClaimedVersion, second, hashes[0] as string);
    expect(next.version).toBe(maxClaimedVersion + 1);
    expect(Number.isSafeInteger(next.version + 1_000_000)).toBe(true);
  });

  test('is quoted in the refusal only in part, however long it is', () => {
    expect(refusal(() => parseRenderedVersion('x'.repeat(10_000), 'version')).length).toBeLessThan(200);
  });
});

/** An event in the life of one device: it claims a version, a person resumes it, a new spec is rendered for it. */
const happenings = fc.array(
  fc.oneof(
    fc
      .oneof(
        fc.nat(20),
        fc.constantFrom(maxClaimedVersion - 1, maxClaimedVersion, maxClaimedVersion + 1, Number.MAX_SAFE_INTEGER),
        fc.maxSafeNat(),
      )
      .map((version) => ({ kind: 'claim', version }) as const),
    fc.constantFrom({ kind: 'resume' } as const, { kind: 'render' } as const),
  ),
  { maxLength: 60 },
);

describe('the highest version that a device may state', () => {
  const fresh: ServerPosition = { timeline: first, version: 0, specHash: null, lineage: {} };
  const claimed = (version: number) => ({ timeline: null, version, specHash: null });

  /** Lets all of it happen, with what is refused left out; and tells of each version that was handed to the device. */
  function live(
    all: typeof happenings extends fc.Arbitrary<infer Value> ? Value : never,
    handed: (state: State) => void,
  ) {
    let state: State = { server: fresh, reported: null };
    for (const happening of all) {
      const { server, reported } = state;
      if (happening.kind === 'claim') {
        if (happening.version > highestStatable({ ...state, awaited: false })) continue;
        state = { server, reported: highest(reported, claimed(happening.version)) };
      } else if (happening.kind === 'resume') {
        state = { server: reported === null ? server : graft(server, reported, first), reported };
      } else {
        state = { server: renderedPosition(server, reported?.version ?? 0, first, hashes[0] as string), reported };
        handed(state);
      }
    }
    return state;
  }
  type State = { readonly server: ServerPosition; readonly reported: DevicePosition | null };

  test('is never below the version that the device was handed, and nothing is beyond what is counted exactly', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        live(all, (state) => {
          expect(highestStatable({ ...state, awaited: false })).toBeGreaterThanOrEqual(state.server.version);
          expect(Number.isSafeInteger(state.server.version)).toBe(true);
        });
      }),
    );
  });

  test('is not below it either once the server that handed it is lost', () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { server } = live(all, () => undefined);
        const forgotten = { server: fresh, reported: null, awaited: true };
        expect(highestStatable(forgotten)).toBeGreaterThanOrEqual(server.version);
      }),
    );
  });

  test('leaves no room for a claim out of nowhere near the end of what is counted exactly', () => {
    const normal = { server: { ...fresh, version: 7 }, reported: claimed(7) };
    expect(highestStatable({ ...normal, awaited: false })).toBe(maxClaimedVersion);
    expect(highestStatable({ ...normal, awaited: true })).toBeLessThan(Number.MAX_SAFE_INTEGER / 2);
  });
});

describe('a claimed timeline and hash', () => {
  test('are null where nothing is claimed, and read in lower case', () => {
    expect(parseTimeline('', 'timeline')).toBeNull();
    expect(parseTimeline(undefined, 'timeline')).toBeNull();
    expect(parseTimeline('0190ABCD-0000-7000-8000-00000000000A', 'timeline')).toBe(
      '0190abcd-0000-7000-8000-00000000000a',
    );
    expect(parseSpecHash(null, 'specHash')).toBeNull();
    expect(parseSpecHash('AB'.repeat(32), 'specHash')).toBe('ab'.repeat(32));
  });

  test.each(['x', '0190abcd', `${first} `, `{${first}}`, `${first}0`, 'null'])(
    'timeline %j is refused for being no UUID',
    (text) => {
      expect(refusal(() => parseTimeline(text, 'timeline'))).toMatch(/^timeline: expected a UUID/);
    },
  );

  test.each(['x', 'ab'.repeat(31), 'ab'.repeat(33), `${'ab'.repeat(31)}zz`, ` ${'ab'.repeat(32)}`])(
    'hash %j is refused for being no SHA-256',
    (text) => {
      expect(refusal(() => parseSpecHash(text, 'specHash'))).toMatch(/^specHash: expected a SHA-256/);
    },
  );
});

describe('what is rendered next', () => {
  const server: ServerPosition = { timeline: second, version: 7, specHash: null, lineage: { [first]: 3 } };

  test('leaves the timeline it was on at the version it was at', () => {
    const next = renderedPosition(server, 7, third, hashes[0] as string);
    expect(next).toEqual({
      timeline: third,
      version: 8,
      specHash: hashes[0],
      lineage: { [first]: 3, [second]: 7 },
    });
  });

  test('stays on the timeline while that is the current one', () => {
    expect(renderedPosition(server, 0, second, hashes[0] as string)).toMatchObject({
      timeline: second,
      version: 8,
      lineage: { [first]: 3 },
    });
  });

  test('is strictly above all that was rendered, claimed or left behind', () => {
    fc.assert(
      fc.property(serverPositions, fc.nat(30), currentTimelines, (server, claimed, current) => {
        const next = renderedPosition(server, claimed, current, hashes[0] as string);
        for (const seen of [server.version, claimed, ...Object.values(server.lineage), ...Object.values(next.lineage)])
          expect(next.version).toBeGreaterThan(seen);
      }),
    );
  });

  test('forgets no ancestor', () => {
    fc.assert(
      fc.property(serverPositions, fc.nat(30), currentTimelines, (server, claimed, current) => {
        const next = renderedPosition(server, claimed, current, hashes[0] as string);
        for (const timeline of [server.timeline, ...Object.keys(server.lineage)]) {
          expect(leftAt(next, timeline)).toBeGreaterThanOrEqual(leftAt(server, timeline) ?? Number.NaN);
        }
      }),
    );
  });
});

describe('a graft', () => {
  const server: ServerPosition = {
    timeline: second,
    version: 5,
    specHash: hashes[0] as string,
    lineage: { [first]: 3 },
  };

  test('joins a timeline that the server never was on, at the version where the device is', () => {
    const foreign = '0190000f-0000-7000-8000-00000000000f';
    expect(graft(server, { timeline: foreign, version: 9, specHash: null }, third)).toEqual({
      timeline: third,
      version: 9,
      specHash: null,
      lineage: { [first]: 3, [second]: 5, [foreign]: 9 },
    });
  });

  test('raises the version at which the server left the device’s timeline', () => {
    const grafted = graft(server, { timeline: first, version: 4, specHash: null }, third);
    expect(grafted).toMatchObject({ version: 5, lineage: { [first]: 4, [second]: 5 } });
  });

  test('takes a device that states no timeline to be on the server’s own', () => {
    const grafted = graft(server, { timeline: null, version: 8, specHash: null }, third);
    expect(grafted).toMatchObject({ timeline: third, version: 8, lineage: { [second]: 8 } });
  });

  test('only raises the version where the device is ahead on the current timeline', () => {
    const grafted = graft(server, { timeline: second, version: 8, specHash: null }, second);
    expect(grafted).toEqual({ timeline: second, version: 8, specHash: null, lineage: { [first]: 3 } });
  });

  test('never lowers a version, and done twice does no more than once', () => {
    fc.assert(
      fc.property(serverPositions, devicePositions, currentTimelines, (server, device, current) => {
        const once = graft(server, device, current);
        expect(once.version).toBe(Math.max(server.version, device.version));
        for (const timeline of [server.timeline, ...Object.keys(server.lineage)]) {
          expect(leftAt(once, timeline)).toBeGreaterThanOrEqual(leftAt(server, timeline) ?? Number.NaN);
        }
        expect(graft(once, device, current)).toEqual(once);
      }),
    );
  });
});
