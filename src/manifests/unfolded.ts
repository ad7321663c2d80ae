import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';

/** Size of a document once each alias is replaced by its content. */
type Unfolded = {
  /** Characters of its scalars, and one for each node. */
  readonly size: number;
  /** Collections that stand inside each other. */
  readonly depth: number;
};

const nothing: Unfolded = { size: 0, depth: 0 };

/**
 * Measures a document before its aliases are followed: a few lines of them can unfold to more than memory holds. Visits
 * each node once. An alias without a target, or inside its own target, has size 0; the parser refuses it.
 *
 * @returns size and depth, and the number of aliases and anchors
 */
export function unfolded(root: Node | null): Unfolded & { readonly names: number } {
  const anchors = new Map<string, Unfolded>();
  let names = 0;

  const measured = (node: unknown): Unfolded => {
    if (isAlias(node)) {
      names += 1;
      return anchors.get(node.source) ?? nothing;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return nothing;
    const size = isScalar(node) ? { size: 1 + (node.source?.length ?? 0), depth: 0 } : collection(node.items);
    if (node.anchor !== undefined) {
      names += 1;
      anchors.set(node.anchor, size);
    }
    return size;
  };

  const collection = (items: readonly unknown[]): Unfolded => {
    let size = 1;
    let depth = 0;
    for (const item of items) {
      const parts = isPairLike(item) ? [measured(item.key), measured(item.value)] : [measured(item)];
      for (const part of parts) {
        size += part.size;
        depth = Math.max(depth, part.depth);
      }
    }
    return { size, depth: depth + 1 };
  };

  return { ...measured(root), names };
}

function isPairLike(item: unknown): item is { readonly key: unknown; readonly value: unknown } {
  return typeof item === 'object' && item !== null && 'key' in item && 'value' in item;
}
