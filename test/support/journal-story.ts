import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetFixture } from './fleet-fixture.ts';
import { createTestContext, type TestContext } from './test-context.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A service with a journal whose database is backed up, lost and restored. */
export class JournalStory {
  readonly directory: string;
  private readonly databases: TestDatabase[] = [];
  private current: TestContext | undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async begin(): Promise<JournalStory> {
    const story = new JournalStory(await mkdtemp(join(tmpdir(), 'muster-journal-')));
    await story.goOnWithAnother();
    return story;
  }

  get here(): TestContext {
    if (this.current === undefined) throw new Error('the story is over');
    return this.current;
  }

  get fleet(): FleetFixture {
    return new FleetFixture(this.here);
  }

  /** Makes a copy of the database as it is now. */
  async backUp(): Promise<TestDatabase> {
    const { database } = this.here;
    await this.leave();
    const backup = await database.copy();
    this.databases.push(backup);
    await this.goOnWith(database);
    return backup;
  }

  /** Loses the database; the backup takes its place. */
  async goBackTo(backup: TestDatabase): Promise<void> {
    await this.leave();
    await this.goOnWith(backup);
  }

  /** Goes on with the same journal and the empty database of another control plane. */
  async goOnWithAnother(): Promise<void> {
    await this.leave();
    const database = await createTestDatabase();
    this.databases.push(database);
    await this.goOnWith(database);
  }

  async end(): Promise<void> {
    await this.leave();
    for (const database of this.databases) await database.drop();
    await rm(this.directory, { recursive: true });
  }

  private async goOnWith(database: TestDatabase): Promise<void> {
    this.current = await createTestContext({ database, env: { MUSTER_JOURNAL: this.directory } });
    this.current.clock.set(new Date());
  }

  private async leave(): Promise<void> {
    await this.current?.context.destroy();
    this.current = undefined;
  }
}
