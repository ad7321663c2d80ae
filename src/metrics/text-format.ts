/** Text of a scrape. */
export type Scrape = {
  /** The type of each metric by its name, whether it has a value at the moment or not. */
  readonly types: ReadonlyMap<string, string>;
  /** The values by their series, such as `muster_devices{gate="Open"}`. */
  readonly samples: ReadonlyMap<string, number>;
};

/** Reads Prometheus' text format, as far as Muster writes it. */
export function parseScrape(text: string): Scrape {
  const types = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) types.set(name, type);
    const [, series, value] = /^([a-z_]\w*(?:\{[^}]*\})?) (\S+)$/i.exec(line) ?? [];
    if (series !== undefined) samples.set(series, Number(value));
  }
  return { types, samples };
}
