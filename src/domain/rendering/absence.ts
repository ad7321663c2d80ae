/**
 * True for a spec without any key. It orders nothing: it is never rendered, and the device keeps what it runs. An agent
 * would read it as an order to remove everything (design.md, "Absence is no order"). To order that, a person writes the
 * empty lists.
 */
export function saysNothing(spec: object): boolean {
  return Object.keys(spec).length === 0;
}
