/**
 * A spec without any key orders nothing: it is never rendered, and the device keeps what it runs. An agent would take it for
 * an order to remove everything (design.md, "Absence is no order"). Whoever wants that writes the empty lists.
 */
export function saysNothing(spec: object): boolean {
  return Object.keys(spec).length === 0;
}
