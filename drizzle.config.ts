import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: ['./src/db/schema.ts', './src/db/upkeep-schema.ts', './src/db/lost-schema.ts'],
  out: './migrations',
});
