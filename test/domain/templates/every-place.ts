import type { JsonObject } from '../../../src/domain/json.ts';

/** Specs with a text wherever one may stand, where templates are filled in and where they are not. */
export const everyPlace = {
  filledIn(text: string): JsonObject {
    const inlineApp = { envVars: { A: text, B: text }, inline: [{ path: text, content: text }, { path: 'b' }] };
    const volumes = [
      { name: 'v', image: { reference: text } },
      { name: 'm', mount: { path: '/m' }, image: { reference: text } },
    ];
    return {
      os: { image: text },
      config: [
        { name: 'git', gitRef: { repository: 'r', targetRevision: text, path: text } },
        { name: 'http', httpRef: { repository: 'r', suffix: text, filePath: `/${text}` } },
        { name: 'secret', secretRef: { name: text, namespace: text, mountPath: `/${text}` } },
        {
          name: 'inline',
          inline: [
            { path: `/${text}`, content: text },
            { path: '/b', content: text, contentEncoding: 'plain' },
          ],
        },
      ],
      applications: [
        { name: 'compose', appType: 'compose', ...inlineApp, volumes },
        { name: 'quadlet', appType: 'quadlet', ...inlineApp, volumes },
        { name: 'compose-image', appType: 'compose', image: text },
        { name: 'quadlet-image', appType: 'quadlet', image: text },
        { name: 'container', appType: 'container', image: text, envVars: { A: text }, volumes },
        { name: 'helm', appType: 'helm', image: text },
        { name: 'vm', appType: 'vm', image: text },
        { name: 'vm-inline', appType: 'vm', inline: [{ path: text, content: text }] },
      ],
    };
  },

  other(text: string): JsonObject {
    const catalogItemRef = { catalog: text, item: text, channel: text, version: text };
    const app = { name: text, annotations: { a: text }, runAs: text, catalogItemRef };
    return {
      os: { catalogItemRef },
      config: [
        { name: text, gitRef: { repository: text } },
        { name: text, httpRef: { repository: text } },
        { name: text, secretRef: { user: text, group: text } },
        { name: text, inline: [{ user: text, group: text, mode: text, contentEncoding: text }] },
        { name: text, unknown: { path: text, content: text } },
      ],
      applications: [
        {
          ...app,
          appType: 'container',
          ports: [text],
          resources: { limits: { cpu: text, memory: text } },
          inline: [{ path: text }],
        },
        {
          ...app,
          appType: 'compose',
          ports: [text],
          volumes: [{ name: text, mount: { path: text }, reclaimPolicy: text }],
        },
        { ...app, appType: 'helm', values: { a: [text] }, valuesFiles: [text], namespace: text, envVars: { A: text } },
        { ...app, appType: 'helm', volumes: [{ image: { reference: text } }], inline: [{ path: text }] },
        {
          ...app,
          appType: 'vm',
          publishPorts: [text],
          envVars: { A: text },
          volumes: [{ image: { reference: text } }],
        },
        { ...app, appType: 'quadlet', volumes: [{ image: { catalogItemRef, pullPolicy: text } }], envVars: text },
      ],
      systemd: { matchPatterns: [text] },
      resources: [{ monitorType: text, samplingInterval: text, path: text, alertRules: [{ description: text }] }],
      updatePolicy: { updateSchedule: { at: text, timeZone: text, startGraceDuration: text } },
      consoles: [{ sessionID: text, sessionMetadata: text }],
      decommissioning: { target: text },
      unknown: { image: text },
      image: text,
    };
  },
};
