import { unwatchFile, watchFile } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../logging/log.ts';

/** Interval of the checks whether a file has changed. */
const lookEveryMs = 1_000;
/** Files that belong together, such as a certificate and its key, are written one after the other. */
const settleMs = 250;

/** Content that was last read from files without a mistake. */
export type Kept<Held> = {
  readonly current: Held;
};

/** Files that hold something, and how to read it. */
type CredentialSource<Held> = {
  /** Name of their content, for the log. */
  readonly what: string;
  readonly paths: readonly string[];
  /** @throws Error saying which setting is wrong, and how */
  readonly read: () => Promise<Held>;
  /** Further files that it was read from: those of a directory among `paths`, which says nothing of changes within them. */
  readonly pathsWithin?: (held: Held) => readonly string[];
  /** Told whenever it was read again. */
  readonly onChange?: (held: Held) => void;
};

/**
 * Files with certificates, keys and tokens, read again whenever they change, so that they can be renewed without a restart.
 * A file that cannot be read leaves in force what was read before.
 */
export class CredentialFiles {
  private readonly log: Log;
  private readonly reloads: (() => Promise<void>)[] = [];
  private readonly unwatch: (() => void)[] = [];

  constructor(log: Log) {
    this.log = log;
  }

  /** Reads files now and whenever they change. @throws what `read` throws the first time */
  async keep<Held>({ what, paths, read, pathsWithin, onChange }: CredentialSource<Held>): Promise<Kept<Held>> {
    const kept = { current: await read() };
    const watched = new Set<string>();
    const watchAll = (): void => {
      for (const path of [...paths, ...(pathsWithin?.(kept.current) ?? [])]) {
        if (watched.has(path)) continue;
        watched.add(path);
        this.watch(path, reload);
      }
    };
    const reload = oneAtATime(async () => {
      try {
        kept.current = await read();
        watchAll();
        onChange?.(kept.current);
        this.log.info({ paths }, `${what}: read again`);
      } catch (error) {
        this.log.error(
          { paths, error: error instanceof Error ? error.message : String(error) },
          `${what}: cannot be read again, what was read before stays in force`,
        );
      }
    });
    this.reloads.push(reload);
    watchAll();
    return kept;
  }

  /** Reads all of them again now, whether they look changed or not. */
  async reload(): Promise<void> {
    await Promise.all(this.reloads.map((reload) => reload()));
  }

  /** Stops looking at files. */
  close(): void {
    for (const unwatch of this.unwatch.splice(0)) unwatch();
    this.reloads.length = 0;
  }

  private watch(path: string, reload: () => Promise<void>): void {
    // Looking beats being told: a mounted secret changes by swapping a symbolic link above the file.
    const onLook = () => {
      void sleep(settleMs, undefined, { ref: false }).then(reload);
    };
    watchFile(path, { interval: lookEveryMs, persistent: false }, onLook);
    this.unwatch.push(() => unwatchFile(path, onLook));
  }
}

/** Runs of the same work one after the other; those that are asked for while one waits are that one. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return () => {
    waiting ??= running.then(() => {
      waiting = undefined;
      running = work();
      return running;
    });
    return waiting;
  };
}
