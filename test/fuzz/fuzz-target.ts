import * as fc from 'fast-check';

/** A parser, what it is fed with, and what must be so whatever it is fed with. */
export type FuzzTarget = {
  readonly name: string;
  /** Number of inputs in an ordinary test run. */
  readonly runs: number;
  /** @param maxCpuMs processor time that one input may take, in milliseconds; as much as it likes if it is not given */
  property(maxCpuMs?: number): fc.IAsyncProperty<[unknown]>;
  /** Frees what feeding it needed. */
  end(): Promise<void>;
};

/** @param check throws if what must be so is not */
export function fuzzTarget<Input>(
  name: string,
  {
    runs = 150,
    input,
    check,
    end = async () => undefined,
  }: {
    runs?: number;
    input: fc.Arbitrary<Input>;
    check: (input: Input) => void | Promise<void>;
    end?: () => Promise<void>;
  },
): FuzzTarget {
  return {
    name,
    runs,
    end,
    property(maxCpuMs) {
      return fc.asyncProperty(input, async (fed) => {
        const before = process.cpuUsage();
        await check(fed);
        const { user, system } = process.cpuUsage(before);
        const cpuMs = (user + system) / 1_000;
        if (maxCpuMs !== undefined && cpuMs > maxCpuMs)
          throw new Error(`took ${Math.round(cpuMs)} ms of processor time`);
        requireCleanPrototypes();
      });
    },
  };
}

const inherited = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const before = inherited.map((prototype) => Reflect.ownKeys(prototype).length);

/** @throws Error if an input has changed what all objects inherit */
function requireCleanPrototypes(): void {
  for (const [index, prototype] of inherited.entries()) {
    const added = Reflect.ownKeys(prototype).slice(before[index]);
    if (added.length > 0) throw new Error(`a prototype was changed: ${added.map(String).join(', ')}`);
  }
}

/**
 * The result of a parser for an input; undefined if the parser refuses it as it should.
 *
 * @param refusal whether an error is the parser's way to refuse
 * @throws whatever else the parser threw
 */
export function parsedOrRefused<Parsed>(parse: () => Parsed, refusal: (error: unknown) => boolean): Parsed | undefined {
  try {
    return parse();
  } catch (error) {
    if (refusal(error)) return undefined;
    throw error;
  }
}

/** A finding, for people: the input, how to feed it again, and what happened. */
export function findingOf(result: fc.RunDetails<[unknown]>): string | undefined {
  if (result.counterexample === null) return undefined;
  const { errorInstance } = result;
  const happened =
    errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  const input = fc.stringify(result.counterexample);
  return `seed ${result.seed}, path ${result.counterexamplePath ?? ''}\n${happened.slice(0, 1_500)}\nfed with ${input.slice(0, 1_500)}`;
}

/** Property that must hold, as a sentence. */
export function require(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`expected that ${what}`);
}
