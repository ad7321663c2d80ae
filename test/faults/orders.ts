import { OrderWitness } from '../../src/simulator/order-witness.ts';
import { nameInTemplate, writtenSpec } from './written-specs.ts';

/** The specs that people wrote, noted before the request to the service: its outcome makes no difference. */
export class Orders {
  readonly witness = new OrderWitness();
  private readonly templates = new Map<string, string[]>();
  private readonly members = new Map<string, Set<string>>();

  /** A device is registered: with a spec of its own if its labels name no fleet. */
  registered({ name, labels }: { name: string; labels: Readonly<Record<string, string>> }, image: string): void {
    const { fleet } = labels;
    if (fleet === undefined) this.specWritten(name, image);
    else this.joined(name, fleet);
  }

  specWritten(device: string, image: string): void {
    this.witness.written(device, () => writtenSpec(image, device));
  }

  templateWritten(fleet: string, image: string): void {
    this.templates.set(fleet, [...(this.templates.get(fleet) ?? []), image]);
    for (const device of this.members.get(fleet) ?? []) this.specWritten(device, image);
  }

  /** A device gets the label of a fleet. Every template of it counts, as a restore may bring back each of them. */
  joined(device: string, fleet: string): void {
    const members = this.members.get(fleet) ?? new Set();
    if (members.has(device)) return;
    this.members.set(fleet, members.add(device));
    for (const image of this.templates.get(fleet) ?? []) this.specWritten(device, image);
  }
}

/** A template as a person writes it for all devices of a fleet. */
export const writtenTemplate = (image: string) => writtenSpec(image, nameInTemplate);
