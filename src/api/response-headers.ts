import helmet from '@fastify/helmet';
import type { Listener } from '../listener/listener.ts';

/**
 * The headers by which browsers protect people who look at the admin listener: nothing but its own pages runs there, and
 * it is shown in no frame. The listener for devices does without: no browser goes there, and every report would carry
 * half a kilobyte that nobody reads.
 *
 * @param secure whether the listener speaks TLS itself: only then may it say that it always will
 */
export async function protectBrowsers(app: Listener, { secure }: { secure: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'connect-src': ["'self'"],
        'font-src': ["'self'", 'data:'],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        'img-src': ["'self'", 'data:'],
        'object-src': ["'none'"],
        'script-src': ["'self'"],
        'script-src-attr': ["'none'"],
        // The pages of the documentation style their elements in place.
        'style-src': ["'self'", "'unsafe-inline'"],
      },
    },
    frameguard: { action: 'deny' },
    strictTransportSecurity: secure && { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false },
  });
}
