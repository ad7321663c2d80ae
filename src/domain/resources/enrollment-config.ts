import { z } from 'zod';

const base64Pem = (description: string) => z.string().meta({ description, format: 'byte' });

/** Settings that an agent needs to enroll, in the shape of its own configuration. */
export const enrollmentConfigSchema = z
  .looseObject({
    'enrollment-service': z.looseObject({
      authentication: z.looseObject({
        'client-certificate-data': base64Pem(
          'The enrollment certificate in PEM, in base64; empty if none was asked for.',
        ),
        'client-key-data': base64Pem('Always empty: the private key stays with the client that made it.'),
      }),
      service: z.looseObject({
        'certificate-authority-data': base64Pem(
          'Authorities of the listener for devices in PEM, in base64; empty if agents trust the authorities of their system.',
        ),
        server: z.string().meta({ description: 'Address of the listener for devices.' }),
      }),
      'enrollment-ui-endpoint': z
        .string()
        .meta({ description: 'Page that an agent shows to the person who approves it.' }),
    }),
  })
  .meta({ id: 'EnrollmentConfig', description: 'The settings that an agent needs to enroll.' });
export type EnrollmentConfig = z.infer<typeof enrollmentConfigSchema>;
