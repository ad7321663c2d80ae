const maxName = 63;
const maxPrefix = 253;

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Kubernetes' rule for label keys: an optional DNS subdomain and `/`, then a name of at most 63 characters. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return text.length <= maxName && name.test(text);
  const subdomain = text.slice(0, slash);
  const local = text.slice(slash + 1);
  return subdomain.length <= maxPrefix && prefix.test(subdomain) && local.length <= maxName && name.test(local);
}

/** Kubernetes' rule for label values: empty, or as the name of a key. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= maxName && name.test(text));
}

export const labelKeyRule = `a label key: [DNS subdomain/]name, the name of at most ${maxName} letters, digits, '-', '_', '.'`;
export const labelValueRule = `a label value: at most ${maxName} letters, digits, '-', '_', '.', alphanumeric at both ends`;
