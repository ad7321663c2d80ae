import type { JsonObject } from '../../src/domain/json.ts';
import type { RenderOutcome } from '../../src/domain/rendering/spec-renderer.ts';

/** An image that {@link plainRenderer} refuses to render. */
export const refusedImage = 'quay.io/acme/refused:1';

/** A renderer that sends specs as they are written, but for those whose OS image begins with {@link refusedImage}. */
export const plainRenderer = {
  render(spec: JsonObject): RenderOutcome {
    const { os } = spec as { os?: { image?: string } };
    if (os?.image?.startsWith(refusedImage) !== true) return { ok: true, spec };
    return { ok: false, problems: [{ message: 'the image is refused (spec.os.image)' }] };
  },
};
