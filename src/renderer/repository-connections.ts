import { Agent } from 'undici';
import type { NetworkGuard } from './network-guard.ts';
import type { HttpRepository } from './repositories.ts';

const connectTimeoutMs = 3_000;

/** Connections to the servers of repositories, each with the TLS that its repository asks for. */
export class RepositoryConnections {
  readonly guard: NetworkGuard;
  /** For servers that a repository redirects to: these get neither its credentials nor its certificate. */
  private elsewhere: Agent;
  private agents = new Map<HttpRepository, Agent>();
  private readonly closing = new Set<Promise<void>>();

  constructor(guard: NetworkGuard) {
    this.guard = guard;
    this.elsewhere = this.open({});
  }

  of(repository: HttpRepository): Agent {
    const agent = this.agents.get(repository) ?? this.open(repository.tls);
    this.agents.set(repository, agent);
    return agent;
  }

  ofOthers(): Agent {
    return this.elsewhere;
  }

  /** Lets requests under way end, and opens connections anew for further ones. */
  forget(): void {
    for (const agent of this.agents.values()) {
      const closing = agent.close().finally(() => this.closing.delete(closing));
      this.closing.add(closing);
    }
    this.agents = new Map();
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values(), this.elsewhere].map((agent) => agent.destroy()));
    await Promise.allSettled(this.closing);
  }

  private open(tls: Partial<HttpRepository['tls']>): Agent {
    return new Agent({ connect: { ...tls, lookup: this.guard.lookup, timeout: connectTimeoutMs } });
  }
}
